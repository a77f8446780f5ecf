import { createCompany, evolveCompany, initialCompany, saveCompany, suspendCompany, type Company } from './company.decider.js';
import type { CompanyEvent, CompanyProfile } from './company.events.js';

const profile: CompanyProfile = { name: 'Kestrel & Alder', kind: 'STANDARD', defaultCountry: 'US', timeZone: 'America/Denver', languages: ['en'], supportContact: '' };
const created: CompanyEvent = { type: 'CompanyCreated', data: { ...profile, suspended: false } };
const suspended: CompanyEvent = { type: 'CompanySuspended', data: { ...profile, suspended: true } };
const given = (...events: CompanyEvent[]): Company => events.reduce(evolveCompany, initialCompany);

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a company', () => {
  it('is created once', () => {
    expect(createCompany(profile, given())).toEqual([created]);
    expect(refusalOf(() => createCompany(profile, given(created)))).toMatchObject({ code: 'STATE_NOT_ALLOWED' });
  });

  it('changes what is given and keeps the rest', () => {
    expect(saveCompany({ changes: { timeZone: 'Europe/Vienna' }, byOwner: false }, given(created))).toEqual([
      { type: 'CompanyChanged', data: { ...profile, timeZone: 'Europe/Vienna', suspended: false } },
    ]);
    expect(saveCompany({ changes: { name: profile.name, languages: ['en'] }, byOwner: false }, given(created))).toEqual([]);
  });

  it('changes its kind only through an owner', () => {
    expect(refusalOf(() => saveCompany({ changes: { kind: 'DEMO' }, byOwner: false }, given(created)))).toMatchObject({ code: 'FORBIDDEN' });
    expect(saveCompany({ changes: { kind: 'DEMO' }, byOwner: true }, given(created))).toMatchObject([{ data: { kind: 'DEMO' } }]);
  });

  it('is suspended and resumed, each once, and does not change meanwhile', () => {
    expect(suspendCompany(true, given(created))).toEqual([suspended]);
    expect(suspendCompany(true, given(created, suspended))).toEqual([]);
    expect(suspendCompany(false, given(created, suspended))).toMatchObject([{ type: 'CompanyResumed', data: { suspended: false } }]);
    expect(refusalOf(() => saveCompany({ changes: { name: 'Other' }, byOwner: true }, given(created, suspended)))).toMatchObject({ code: 'STATE_NOT_ALLOWED' });
  });

  it('that does not exist is not found', () => {
    expect(refusalOf(() => saveCompany({ changes: {}, byOwner: true }, given()))).toMatchObject({ code: 'NOT_FOUND' });
    expect(refusalOf(() => suspendCompany(true, given()))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
