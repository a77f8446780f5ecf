import { columnNotImportable, fieldOf, fieldsOf, findByHeader, labelOf, roleOfHeader } from './index.js';

describe('findByHeader of a case file (MAP-002)', () => {
  it.each([
    ['Case Name', 'caseName'],
    ['Matter', 'caseName'],
    ['Matter Name', 'caseName'],
    ['Case Title', 'caseName'],
    ['Matter type', 'caseType'],
    ['Practice area', 'caseType'],
    ['Practice Areas', 'caseType'],
    ['Status', 'caseStatus'],
    ['Matter Status', 'caseStatus'],
    ['Case Stage', 'caseStatus'],
    ['Case ID', 'externalId'],
    ['Case No.', 'externalId'],
    ['Case #', 'externalId'],
    ['Matter Number', 'externalId'],
    ['File #', 'externalId'],
    ['Docket Number', 'externalId'],
    ['Client', 'clientName'],
    ['Client Name', 'clientName'],
    ['Client Full Name', 'clientName'],
    ['Client first name', 'clientFirstName'],
    ['First Name', 'clientFirstName'],
    ['Phone', 'clientPhone'],
    ['Phone Number', 'clientPhone'],
    ['Client Phone', 'clientPhone'],
    ['Client Cell Phone', 'clientMobilePhone'],
    ['Cell', 'clientMobilePhone'],
    ['Mobile', 'clientMobilePhone'],
    ['Email', 'clientEmail'],
    ['E-mail Address', 'clientEmail'],
    ['DOB', 'clientDateOfBirth'],
    ['Birth Date', 'clientDateOfBirth'],
    ['ZIP', 'clientZip'],
    ['PLZ', 'clientZip'],
    ['Client Street', 'clientStreet'],
    ['Client ID', 'clientExternalId'],
    ['Client record id', 'clientRecordId'],
    ['Lead source', 'clientSource'],
    ['Source', 'intakeSource'],
    ['Description', 'description'],
    ['Date Opened', 'openedOn'],
    ['Opened on', 'openedOn'],
    ['Close Date', 'closedOn'],
    ['Court date', 'courtDate'],
    ['SOL', 'statuteOfLimitations'],
    ['Statute of Limitations', 'statuteOfLimitations'],
    ['Due date', 'deadline'],
    ['Contact 1 name', 'contact1Name'],
    ['Contact 2 phone', 'contact2Phone'],
    ['contact3Email', 'contact3Email'],
    ['Contact 5 role', 'contact5Role'],
    ['Tags', 'tags'],
    // As courts and their dockets call them.
    ['Date Filed', 'openedOn'],
    ['date_filed', 'openedOn'],
    ['Filing date', 'openedOn'],
    ['Filed', 'openedOn'],
    ['Date Terminated', 'closedOn'],
    ['Disposition Date', 'closedOn'],
    ['docket_number', 'externalId'],
    ['Civil Action No.', 'externalId'],
    ['Index Number', 'externalId'],
    ['Short Title', 'caseName'],
    ['Case Style', 'caseName'],
    ['Trial Date', 'courtDate'],
    ['Filing deadline', 'deadline'],
    ['Opposing Party', 'contact1Name'],
    ['Opposing Party Name', 'contact1Name'],
    ['Adverse Party', 'contact1Name'],
    ['Opposing party phone', 'contact1Phone'],
    ['Opposing Counsel', 'contact2Name'],
    ['Opposing counsel email', 'contact2Email'],
  ])('%s → %s', (header, key) => {
    expect(findByHeader(header, 'CASES')?.field.key).toBe(key);
  });

  it.each(['Court', 'Judge', 'Nature of Suit', 'Cause', 'Jurisdiction', 'Jury Demand', 'Plaintiff', 'Defendant'])('has no field for %p, or cannot know which', (header) => {
    expect(findByHeader(header, 'CASES')).toBeUndefined();
  });

  it('knows what somebody is to the case whom the header names by it', () => {
    expect(['Opposing Party', 'adverse party name', 'Opposing Counsel', 'Contact 1 name', 'Client'].map(roleOfHeader)).toEqual(['OPPOSING_PARTY', 'OPPOSING_PARTY', 'ATTORNEY', undefined, undefined]);
  });

  it.each(['Name', 'Contact', 'Contact name'])('proposes the client for %p and says that it may be something else', (header) => {
    expect(findByHeader(header, 'CASES')).toMatchObject({ field: { key: 'clientName' }, reason: 'may mean several things' });
  });

  it('finds every field that is offered by its label and by its key', () => {
    for (const field of fieldsOf('CASES')) {
      expect(findByHeader(field.label, 'CASES')).toEqual({ field, reason: 'same as label' });
      expect(findByHeader(field.key, 'CASES')?.field.key).toBe(field.key);
    }
  });

  it.each(['Messages', 'Comments', 'Activity Log', 'Lead Score'])('has no place for %p either', (header) => {
    expect(columnNotImportable(header, 'CASES')).toMatch(/^[a-z]/);
  });

  it('takes case ids as ids of another system; a contact file has no place for them', () => {
    expect(columnNotImportable('Case ID', 'CASES')).toBeUndefined();
    expect(columnNotImportable('Case ID', 'CLIENTS')).toMatch(/^[a-z]/);
  });

  it('lets every field that is offered through', () => {
    for (const field of fieldsOf('CASES')) {
      for (const wording of [field.label, field.key, ...field.synonyms]) {
        expect([wording, columnNotImportable(wording, 'CASES')]).toEqual([wording, undefined]);
      }
    }
  });

  it('tells fields by the label that users see, and what is no field as it is', () => {
    expect(labelOf('clientName', 'CASES')).toBe('Client name');
    expect(labelOf('lastName')).toBe('Last name');
    expect(labelOf('toString')).toBe('toString');
  });

  it('gives no key to two fields, and knows none of another import type', () => {
    const keys = fieldsOf('CASES').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(fieldOf('CASES', 'firstName')).toBeUndefined();
    expect(fieldOf('CLIENTS', 'caseName')).toBeUndefined();
    expect(fieldOf('CASES', '__proto__')).toBeUndefined();
  });
});
