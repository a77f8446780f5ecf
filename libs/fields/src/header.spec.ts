import { clientFields, columnNotImportable, fieldByKey, findByHeader } from './index.js';
import { compact } from './header.js';

describe('findByHeader (MAP-002)', () => {
  const known: [string, string][] = [
    ['Name', 'fullName'],
    ['Phone', 'phone'],
    ['Tel', 'phone'],
    ['Tel.', 'phone'],
    ['Phone Number', 'phone'],
    ['Cell', 'mobilePhone'],
    ['Mobile', 'mobilePhone'],
    ['Handy', 'mobilePhone'],
    ['Email', 'email'],
    ['E-mail Address', 'email'],
    ['E-mails', 'email'],
    ['DOB', 'dateOfBirth'],
    ['D.O.B.', 'dateOfBirth'],
    ['Birth Date', 'dateOfBirth'],
    ['ZIP', 'zip'],
    ['Postal Code', 'zip'],
    ['PLZ', 'zip'],
    ['Prénom', 'firstName'],
    ['PRENOM', 'firstName'],
    ['Straße', 'street'],
    ['FirstName', 'firstName'],
    ['first_name', 'firstName'],
    ['firstName', 'firstName'],
    ['Last name*', 'lastName'],
    ['Phone (required)', 'phone'],
    ['E-mail 1 - Value', 'email'],
    ['Phone 1 - Value', 'phone'],
    ['Organization 1 - Name', 'companyName'],
    ['Address 1 - Postal Code', 'zip'],
    ['Business Postal Code', 'workZip'],
    ['Home Country/Region', 'homeCountry'],
    ['Mailing State/Province', 'state'],
    ['MailingPostalCode', 'zip'],
    ['City (Home)', 'homeCity'],
    ['Company Name', 'companyName'],
    ['Birthdate', 'dateOfBirth'],
    ['Tags', 'tags'],
    ['SMS opt-in', 'smsOptIn'],
    ['Opened on', 'originalCreatedAt'],
    ['Record ID', 'recordId'],
    ['Home full address', 'homeFullAddress'],
  ];

  it.each(known)('%s → %s', (header, key) => {
    expect(findByHeader(header)?.field.key).toBe(key);
  });

  it('finds every field by its label and by its key', () => {
    for (const field of clientFields()) {
      expect(findByHeader(field.label)).toEqual({ field, reason: 'same as label' });
      expect(findByHeader(field.key)?.field.key).toBe(field.key);
    }
  });

  it('has no wording that two fields claim', () => {
    const owners = new Map<string, string>();
    for (const field of clientFields()) {
      for (const wording of [field.label, field.key, ...field.synonyms].map(compact)) {
        expect([wording, owners.get(wording) ?? field.key]).toEqual([wording, field.key]);
        owners.set(wording, field.key);
      }
    }
  });

  it.each(['__proto__', 'constructor', 'toString', '', '   ', '???', 'Favourite colour'])(
    'leaves %p open',
    (header) => {
      expect(findByHeader(header)).toBeUndefined();
      expect(columnNotImportable(header)).toBeUndefined();
      expect(fieldByKey(header)).toBeUndefined();
    },
  );
  it('takes a very long header for no field', () => {
    expect(findByHeader(`phone ${'x'.repeat(100_000)}`)).toBeUndefined();
  });
});

describe('columnNotImportable (MAP-010)', () => {
  it.each([
    'Case ID',
    'Case No.',
    'Matter Number',
    'Messages',
    'Comments',
    'Activity Log',
    'Login source',
    'Lead Score',
  ])('says why %p is not importable', (header) => {
    expect(columnNotImportable(header)).toMatch(/^[a-z]/);
    expect(findByHeader(header)).toBeUndefined();
  });

  it('lets every field of the catalogue through', () => {
    for (const field of clientFields()) {
      for (const wording of [field.label, field.key, ...field.synonyms]) {
        expect([wording, columnNotImportable(wording)]).toEqual([wording, undefined]);
      }
    }
  });
});
