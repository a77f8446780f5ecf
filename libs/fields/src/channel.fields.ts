import { allLevels, wordings, type FieldDefinition, type Level, type Slot } from './field.js';

const PHONES_MAX = 10;
const EMAILS_MAX = 10;

/** The parts of an address (CON-005) with their wordings; a slot adds its own words before and after. */
const PARTS = [
  {
    part: 'street',
    label: 'Street',
    lengthMax: 200,
    type: 'text',
    wordings:
      'street, street address, address line 1, address 1, address street, street 1, street name, straße, strasse, rue, calle, via, straat, adresszeile 1',
  },
  {
    part: 'unit',
    label: 'Unit',
    lengthMax: 50,
    type: 'text',
    wordings:
      'unit, apt, apartment, suite, unit number, apartment number, address line 2, address 2, street 2, street address 2, apt suite, extended address, adresszeile 2',
  },
  {
    part: 'city',
    label: 'City',
    lengthMax: 100,
    type: 'text',
    wordings:
      'city, town, city town, locality, address city, suburb, ort, stadt, wohnort, ville, ciudad, città, cidade, stad, plaats',
  },
  {
    part: 'state',
    label: 'State',
    lengthMax: 100,
    type: 'state',
    wordings:
      'state, province, state province, state or province, region, address state, state code, bundesland, provincia, estado, provincie',
  },
  {
    part: 'zip',
    label: 'ZIP',
    lengthMax: 20,
    type: 'zip',
    wordings:
      'zip, zip code, zipcode, postal code, postalcode, postcode, post code, postal, zip postal code, zip postal, address zip, plz, postleitzahl, code postal, código postal, cap, cep',
  },
  {
    part: 'country',
    label: 'Country',
    lengthMax: 100,
    type: 'country',
    wordings: 'country, country region, country code, nation, address country, land, pays, país, paese',
  },
] as const;

/** The phones, e-mails and addresses of FLD-001: one field for each slot and part. */
export const CHANNEL_FIELDS: readonly FieldDefinition[] = [
  phone(
    'phone',
    'Phone',
    'PRIMARY',
    'tel, telephone, phone number, phone no, primary phone, main phone, phone 1 value, phone 1, client phone, contact phone, telephone number, best phone, daytime phone, haupttelefon, téléphone principal, teléfono principal, telefon, telefonnummer, rufnummer, téléphone, teléfono, telefone, telefono, telefoon',
  ),
  phone(
    'mobilePhone',
    'Mobile phone',
    'MOBILE',
    'mobile, cell, cell phone, cellphone, cellular, mobile number, cell number, mobile phone number, cell phone number, mobile no, client mobile phone, text number, teléfono móvil, téléphone mobile, handy, handynummer, mobil, mobiltelefon, portable, téléphone portable, celular, móvil, cellulare, telemóvel, mobiel',
  ),
  phone(
    'homePhone',
    'Home phone',
    'HOME',
    'home telephone, phone home, home phone number, home number, private phone, residence phone, telefon privat, privat, téléphone domicile, teléfono de casa',
  ),
  phone(
    'workPhone',
    'Work phone',
    'WORK',
    'business phone, office phone, phone work, work number, work telephone, business telephone, work phone number, business phone number, office number, company main phone, telefon geschäftlich, geschäftlich, téléphone bureau, teléfono del trabajo',
  ),
  phone(
    'otherPhone',
    'Other phone',
    'OTHER',
    'phone other, alternate phone, alternative phone, secondary phone, phone 2, phone 2 value, business phone 2, home phone 2, second phone, additional phone, alt phone',
  ),
  email(
    'email',
    'Email',
    'PRIMARY',
    'e-mail, mail, email address, e-mail address, e-mail 1 value, email 1, primary email, main email, client email, contact email, electronic mail, email id, e-post, courriel, adresse e-mail, primäre e-mail-adresse, correo, correo electrónico, posta elettronica, endereço de e-mail, e-mail-adresse, mailadresse',
  ),
  email(
    'personalEmail',
    'Personal email',
    'PERSONAL',
    'private email, home email, email personal, email home, personal email address, e-mail privat',
  ),
  email(
    'workEmail',
    'Work email',
    'WORK',
    'business email, office email, company email, email work, work email address, e-mail geschäftlich',
  ),
  ...address('', '', 'PRIMARY', ['', 'mailing ', 'primary ', 'client ', 'contact ', 'address 1 ']),
  ...address('home', 'Home ', 'HOME', ['home ', 'residential ', 'residence ', 'private ', 'personal ']),
  ...address('work', 'Work ', 'WORK', ['work ', 'business ', 'office ', 'company ']),
  ...address('other', 'Other ', 'OTHER', ['other ', 'alternate ', 'secondary ']),
];

/** The key of an address part in a slot: `street`, `homeStreet`. */
export function addressKey(prefix: string, part: string): string {
  return prefix === '' ? part : `${prefix}${part.charAt(0).toUpperCase()}${part.slice(1)}`;
}

function phone(key: string, label: string, slot: Slot, synonyms: string): FieldDefinition {
  return {
    key,
    label,
    levels: allLevels(levelOf(slot)),
    type: 'phone',
    group: 'phone',
    slot,
    valuesMax: PHONES_MAX,
    synonyms: wordings(synonyms),
  };
}

function email(key: string, label: string, slot: Slot, synonyms: string): FieldDefinition {
  return {
    key,
    label,
    levels: allLevels(levelOf(slot)),
    type: 'email',
    group: 'email',
    slot,
    valuesMax: EMAILS_MAX,
    synonyms: wordings(synonyms),
  };
}

function levelOf(slot: Slot): Level {
  return slot === 'PRIMARY' ? 'RECOMMENDED' : 'NONE';
}

/** The full address of a slot and its six parts; each wording of a part is known after each of the given words. */
function address(prefix: string, label: string, slot: Slot, words: readonly string[]): FieldDefinition[] {
  const fullKey = addressKey(prefix, 'fullAddress');
  const known = (text: string): string[] =>
    wordings(text).flatMap((wording) =>
      words.flatMap((word) => (prefix === '' ? [`${word}${wording}`] : [`${word}${wording}`, `${wording} ${word}`])),
    );
  const whole: FieldDefinition = {
    key: fullKey,
    label: prefix === '' ? 'Full address' : `${label}full address`,
    levels: allLevels('OPTIONAL'),
    type: 'fullAddress',
    group: 'address',
    slot,
    lengthMax: 500,
    standsInFor: PARTS.map(({ part }) => addressKey(prefix, part)),
    synonyms: known(
      'address, full address, complete address, formatted, address formatted, formatted address, anschrift, adresse, dirección, indirizzo, endereço, adres',
    ),
  };
  const parts = PARTS.map(({ part, label: partLabel, lengthMax, type, wordings: text }): FieldDefinition => ({
    key: addressKey(prefix, part),
    label: prefix === '' ? partLabel : `${label}${partLabel === 'ZIP' ? partLabel : partLabel.toLowerCase()}`,
    levels: allLevels('NONE'),
    type,
    group: 'address',
    slot,
    lengthMax,
    synonyms: known(text),
  }));
  return [whole, ...parts];
}
