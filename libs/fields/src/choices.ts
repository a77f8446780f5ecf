import type { Choice } from './field.js';

/** CON-002. */
export const CONTACT_TYPES: readonly Choice[] = [
  { value: 'INDIVIDUAL', label: 'Individual', spellings: ['person', 'people', 'private', 'natural person', 'human'] },
  {
    value: 'BUSINESS',
    label: 'Business',
    spellings: ['company', 'organization', 'organisation', 'firm', 'corporation', 'legal entity', 'entity'],
  },
];

/** CON-006. */
export const CONTACT_STATUSES: readonly Choice[] = [
  { value: 'ACTIVE', label: 'Active', spellings: ['current'] },
  { value: 'INACTIVE', label: 'Inactive', spellings: ['former', 'not active'] },
  { value: 'PENDING', label: 'Pending' },
  { value: 'UNREACHABLE', label: 'Unreachable', spellings: ['not reachable', 'cannot reach'] },
];

/** FLD-001 `preferredContactMethod`. */
export const CONTACT_METHODS: readonly Choice[] = [
  { value: 'SMS', label: 'SMS', spellings: ['text', 'text message', 'texting'] },
  { value: 'EMAIL', label: 'Email', spellings: ['e-mail', 'mail address'] },
  { value: 'CALL', label: 'Call', spellings: ['phone', 'phone call', 'telephone', 'voice'] },
  { value: 'MAIL', label: 'Mail', spellings: ['letter', 'post', 'postal mail', 'us mail'] },
];

/** Opt-ins: yes, no or not known, by the words of VAL-006 and those of languages that spreadsheets come in. */
export const CONSENTS: readonly Choice[] = [
  {
    value: 'YES',
    label: 'Yes',
    spellings: ['y', 'true', '1', 'x', 'on', 'opted in', 'opt in', 'ja', 'oui', 'si', 'sí', 'sim', 'wahr', 'vrai'],
  },
  {
    value: 'NO',
    label: 'No',
    spellings: ['n', 'false', '0', 'off', 'opted out', 'opt out', 'nein', 'non', 'nao', 'não', 'nee', 'falsch', 'faux'],
  },
  { value: 'UNKNOWN', label: 'Unknown', spellings: ['not known', 'not asked', 'unbekannt', 'inconnu', 'desconocido'] },
];

/** FLD-006: where an imported case may come from. */
export const CASE_SOURCES: readonly Choice[] = [
  { value: 'FORM', label: 'Form', spellings: ['web form', 'online form', 'website form', 'intake form', 'contact form'] },
  { value: 'LIVE_HOTLINE', label: 'Live hotline', spellings: ['hotline', 'live call', 'hotline live'] },
  { value: 'SURVEY', label: 'Survey', spellings: ['questionnaire'] },
];

/** What a contact is to a case (FLD-003). */
export const CASE_ROLES: readonly Choice[] = [
  { value: 'CLIENT', label: 'Client', spellings: ['co client', 'additional client', 'plaintiff client'] },
  {
    value: 'OPPOSING_PARTY',
    label: 'Opposing party',
    spellings: ['opponent', 'adverse party', 'adverse', 'opposing', 'other side', 'opposing side'],
  },
  { value: 'WITNESS', label: 'Witness', spellings: ['expert witness', 'eyewitness'] },
  {
    value: 'ATTORNEY',
    label: 'Attorney',
    spellings: ['lawyer', 'counsel', 'opposing counsel', 'co counsel', 'opposing attorney', 'solicitor'],
  },
  { value: 'FAMILY', label: 'Family', spellings: ['family member', 'relative', 'spouse', 'parent', 'child', 'sibling'] },
  { value: 'OTHER', label: 'Other', spellings: ['other contact', 'other party', 'misc'] },
];
