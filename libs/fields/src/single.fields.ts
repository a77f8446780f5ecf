import { CONSENTS, CONTACT_METHODS, CONTACT_STATUSES, CONTACT_TYPES } from './choices.js';
import { allLevels, wordings, type FieldDefinition } from './field.js';

const none = { levels: allLevels('NONE'), group: 'single' } as const;

/** The fields of FLD-001 that a contact holds once, in the order they are shown. */
export const SINGLE_FIELDS: readonly FieldDefinition[] = [
  {
    key: 'fullName',
    label: 'Full name',
    levels: allLevels('OPTIONAL'),
    group: 'single',
    type: 'fullName',
    lengthMax: 300,
    standsInFor: ['firstName', 'middleName', 'lastName', 'prefix', 'suffix', 'nickname', 'contactType', 'companyName'],
    synonyms: wordings(`
      name, contact name, client name, contact, client, complete name, display name, customer name, person name,
      file as, vollständiger name, nombre completo, nom complet, nome completo, volledige naam, contact full name, anzeigename, nom à afficher, nombre en pantalla
    `),
  },
  {
    key: 'firstName',
    label: 'First name',
    levels: allLevels('REQUIRED'),
    group: 'single',
    type: 'givenName',
    lengthMax: 100,
    synonyms: wordings(`
      given name, forename, first, fname, f name, christian name, client first name, contact first name, vorname,
      prénom, nombre de pila, primer nombre, voornaam, imię, jméno
    `),
  },
  {
    key: 'lastName',
    label: 'Last name',
    levels: allLevels('REQUIRED'),
    group: 'single',
    type: 'givenName',
    lengthMax: 100,
    synonyms: wordings(`
      surname, family name, last, lname, l name, client last name, contact last name, nachname, familienname, nom
      de famille, apellido, cognome, sobrenome, achternaam, nazwisko, příjmení
    `),
  },
  {
    key: 'middleName',
    label: 'Middle name',
    ...none,
    type: 'text',
    lengthMax: 100,
    synonyms: wordings(`
      middle, middle initial, m i, mname, additional name, second name, zweiter vorname, segundo nombre, deuxième
      prénom
    `),
  },
  {
    key: 'prefix',
    label: 'Prefix',
    ...none,
    type: 'text',
    lengthMax: 20,
    synonyms: wordings(`name prefix, salutation, honorific, courtesy title, anrede, civilité, honorific prefix`),
  },
  {
    key: 'suffix',
    label: 'Suffix',
    ...none,
    type: 'text',
    lengthMax: 20,
    synonyms: wordings(`name suffix, generation, honorific suffix, namenszusatz, suffixe`),
  },
  {
    key: 'nickname',
    label: 'Nickname',
    ...none,
    type: 'text',
    lengthMax: 100,
    synonyms: wordings(`nick name, preferred name, goes by, known as, spitzname, apodo, surnom`),
  },
  {
    key: 'contactType',
    label: 'Contact type',
    ...none,
    type: 'choice',
    choices: CONTACT_TYPES,
    synonyms: wordings(
      `type of contact, client type, person or company, individual or business, entity type, kontaktart`,
    ),
  },
  {
    key: 'companyName',
    label: 'Company name',
    ...none,
    type: 'text',
    lengthMax: 200,
    synonyms: wordings(`
      company, organization, organisation, organization name, organisation name, organization 1 name, business
      name, firm, firm name, account name, employer name, firma, firmenname, unternehmen, société, entreprise,
      empresa, azienda, bedrijf, bedrijfsnaam, work company, client company name, client company, organización
    `),
  },
  {
    key: 'dateOfBirth',
    label: 'Date of birth',
    ...none,
    type: 'date',
    sensitive: true,
    synonyms: wordings(`
      dob, d o b, birth date, birthdate, birthday, born, born on, birth day, client date of birth, geburtsdatum,
      geburtstag, date de naissance, fecha de nacimiento, data di nascita, data de nascimento, geboortedatum, data
      urodzenia, datum narození
    `),
  },
  {
    key: 'status',
    label: 'Status',
    ...none,
    type: 'choice',
    choices: CONTACT_STATUSES,
    synonyms: wordings(`contact status, client status, record status, estado del contacto, kontaktstatus`),
  },
  {
    key: 'preferredContactMethod',
    label: 'Preferred contact method',
    ...none,
    type: 'choice',
    choices: CONTACT_METHODS,
    synonyms: wordings(`
      preferred method of contact, contact method, contact preference, preferred contact, preferred communication,
      best way to contact, bevorzugte kontaktart
    `),
  },
  ...optIn('sms', 'SMS', 'sms consent, text opt in, text message opt in, text consent, can text, ok to text'),
  ...optIn('email', 'Email', 'email consent, can email, ok to email, newsletter opt in, email marketing consent'),
  ...optIn('call', 'Call', 'call consent, phone opt in, phone consent, can call, ok to call'),
  {
    key: 'timeZone',
    label: 'Time zone',
    ...none,
    type: 'timeZone',
    synonyms: wordings(`timezone, tz, zeitzone, fuseau horaire, zona horaria, fuso orario`),
  },
  {
    key: 'language',
    label: 'Language',
    ...none,
    type: 'language',
    synonyms: wordings(
      `preferred language, primary language, spoken language, locale, sprache, langue, idioma, lingua, taal`,
    ),
  },
  {
    key: 'jobTitle',
    label: 'Job title',
    ...none,
    type: 'text',
    lengthMax: 150,
    synonyms: wordings(`
      position, occupation, profession, job, role title, organization title, organization 1 title, business title,
      beruf, berufsbezeichnung, poste, puesto, cargo, functie
    `),
  },
  {
    key: 'website',
    label: 'Website',
    ...none,
    type: 'url',
    lengthMax: 2000,
    synonyms: wordings(`
      web site, web page, webpage, homepage, home page, url, web, web address, website 1 value, business web page,
      personal web page, webseite, internetseite, site web, sitio web, sito web, pagina web
    `),
  },
  {
    key: 'tags',
    label: 'Tags',
    levels: allLevels('NONE'),
    group: 'tags',
    type: 'tags',
    lengthMax: 50,
    valuesMax: 50,
    synonyms: wordings(`
      tag, label, keyword, contact tag, category, group membership, contact group, schlagwort, kategorie,
      étiquette, etiqueta, kategorien, categoría, catégorie
    `),
  },
  {
    key: 'satisfactionScore',
    label: 'Satisfaction score',
    ...none,
    type: 'wholeNumber',
    range: [1, 5],
    synonyms: wordings(`satisfaction, client satisfaction, csat, satisfaction rating, zufriedenheit`),
  },
  {
    key: 'source',
    label: 'Source',
    ...none,
    type: 'text',
    lengthMax: 100,
    synonyms: wordings(`
      lead source, contact source, referral source, marketing source, how did you hear about us, referred by,
      quelle, herkunft, origine, origen
    `),
  },
  {
    key: 'sourceDetail',
    label: 'Source detail',
    ...none,
    type: 'text',
    lengthMax: 500,
    synonyms: wordings(`source description, lead source detail, campaign, referral detail, source note`),
  },
  {
    key: 'externalSystem',
    label: 'External system',
    levels: allLevels('NONE'),
    group: 'externalId',
    type: 'text',
    lengthMax: 50,
    synonyms: wordings(`source system, system, origin system, legacy system`),
  },
  {
    key: 'externalId',
    label: 'External id',
    levels: allLevels('NONE'),
    group: 'externalId',
    type: 'text',
    lengthMax: 200,
    synonyms: wordings(`
      external identifier, external key, external contact id, external client id, client id, contact id, customer
      id, client number, client no, customer number, legacy id, old id, foreign id, source id, kundennummer,
      mandantennummer
    `),
  },
  {
    key: 'originalCreatedAt',
    label: 'Opened on',
    ...none,
    type: 'dateTime',
    synonyms: wordings(`
      original created at, date created, created date, created on, created at, created, creation date, create
      date, created time, date added, date opened, open date, opened, client since, erstellt am, date de création,
      fecha de creación
    `),
  },
  {
    key: 'recordId',
    label: 'Record id',
    ...none,
    type: 'recordId',
    lengthMax: 36,
    synonyms: wordings(`caseledger id, caseledger record id, caseledger contact id`),
  },
];

function optIn(channel: string, label: string, synonyms: string): FieldDefinition[] {
  const key = `${channel}OptIn`;
  return [
    {
      key,
      label: `${label} opt-in`,
      levels: allLevels('NONE'),
      group: 'optIn',
      type: 'choice',
      synonyms: wordings(synonyms),
      choices: CONSENTS,
    },
  ];
}
