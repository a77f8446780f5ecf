import { CASE_ROLES, CASE_SOURCES } from './choices.js';
import { allLevels, wordings, type FieldDefinition } from './field.js';

const none = { levels: allLevels('NONE'), group: 'single' } as const;

/** The fields of FLD-003 that belong to the case itself, those of its contacts aside, in the order they are shown. */
export const CASE_FIELDS: readonly FieldDefinition[] = [
  {
    key: 'caseName',
    label: 'Case name',
    levels: allLevels('REQUIRED'),
    group: 'single',
    type: 'text',
    lengthMax: 300,
    synonyms: wordings(`
      matter, matter name, matter title, case, case title, case caption, caption, name of case, name of matter, case style,
      style of case, style, short title, case short title, short caption, full caption, title of case, matter description name, project, project name, display case name, aktenname, mandat, nombre del caso,
      asunto, nom du dossier, dossier
    `),
  },
  {
    key: 'caseType',
    label: 'Case type',
    levels: allLevels('REQUIRED'),
    group: 'single',
    type: 'text',
    lengthMax: 200,
    synonyms: wordings(`
      matter type, type of case, type of matter, practice area, practice, practice group, area of law, case category,
      matter category, project type, rechtsgebiet, tipo de caso, type de dossier
    `),
  },
  {
    key: 'caseStatus',
    label: 'Case status',
    ...none,
    type: 'text',
    lengthMax: 200,
    synonyms: wordings(`
      status, matter status, case stage, matter stage, stage, case phase, phase, project phase, status of case, state of case,
      estado del caso, statut du dossier
    `),
  },
  {
    key: 'intakeSource',
    label: 'Source',
    ...none,
    type: 'choice',
    choices: CASE_SOURCES,
    refusal: 'SOURCE_NOT_IMPORTABLE',
    synonyms: wordings(`intake source, case source, intake channel, intake type, source of intake, source of case`),
  },
  {
    key: 'description',
    label: 'Description',
    ...none,
    type: 'text',
    lengthMax: 10_000,
    synonyms: wordings(`
      case description, matter description, case summary, matter summary, summary, case details, case facts, facts,
      description of case, beschreibung, descripción
    `),
  },
  {
    key: 'openedOn',
    label: 'Opened on',
    ...none,
    type: 'day',
    synonyms: wordings(`
      opened, open date, date opened, opened date, case opened, case opened on, case open date, matter opened,
      matter open date, date opened on, opening date, intake date, start date, date of intake, file opened, created,
      date filed, filed, filed on, filed date, filing date, date of filing, case filed, case filed on, case filed date, case filing date,
      date case filed, suit filed, date commenced, commencement date,
      date created, created date, created on, created at, angelegt am, eröffnet am, fecha de apertura, date d'ouverture
    `),
  },
  {
    key: 'closedOn',
    label: 'Closed on',
    ...none,
    type: 'day',
    synonyms: wordings(`
      closed, close date, date closed, closed date, case closed, case closed on, case close date, matter closed,
      matter close date, closing date, end date, file closed, date terminated, terminated, terminated on, termination date,
      case terminated, date of termination, date disposed, disposed, disposition date, date of disposition, geschlossen am, fecha de cierre, date de clôture
    `),
  },
  keyDate('courtDate', 'Court date', 'hearing, hearing date, date of hearing, trial date, date of trial, next court date, next hearing, court hearing, court appearance, gerichtstermin'),
  keyDate('deadline', 'Deadline', 'due date, next deadline, filing deadline, response due, frist, fecha límite'),
  keyDate(
    'statuteOfLimitations',
    'Statute of limitations',
    'sol, s o l, sol date, statute, statute date, statute of limitations date, limitation date, limitations date, date of statute of limitations, verjährung',
  ),
  keyDate('otherDate', 'Other date', 'key date, important date, other key date'),
  {
    key: 'externalSystem',
    label: 'External system',
    levels: allLevels('NONE'),
    group: 'externalId',
    type: 'text',
    lengthMax: 50,
    synonyms: wordings(`case source system, source system, system, origin system, legacy system`),
  },
  {
    key: 'externalId',
    label: 'External case id',
    levels: allLevels('NONE'),
    group: 'externalId',
    type: 'text',
    lengthMax: 200,
    synonyms: wordings(`
      external id, external identifier, external key, case id, case no, case number, case num, case #, case ref, case reference,
      case identifier, matter id, matter no, matter number, matter num, matter #, matter ref, matter reference, file no,
      file number, file #, our reference, docket number, docket no, docket #, docket, docket id, court docket number, case docket number, court case number,
      court case no, civil action number, civil action no, civil case number, index number, index no, cause number, cause no, project id,
      project number, legacy id, legacy case id, old id, foreign id, source id, reference number, aktenzeichen, dossier number
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
    synonyms: wordings(`tag, label, keyword, case tag, matter tag, schlagwort, étiquette, etiqueta`),
  },
  {
    key: 'recordId',
    label: 'Record id',
    ...none,
    type: 'recordId',
    lengthMax: 36,
    synonyms: wordings(`caseledger id, caseledger record id, caseledger case id`),
  },
];

/** What a further contact of a case is to it. */
export function roleField(part: number): FieldDefinition {
  return {
    key: roleKey(part),
    label: `Contact ${part} role`,
    ...none,
    type: 'choice',
    choices: CASE_ROLES,
    refusal: 'ROLE_UNKNOWN',
    synonyms: wordings(`role of contact ${part}, contact ${part} type, contact ${part} relationship, party ${part} role`),
  };
}

/** The key of the role of a further contact. */
export function roleKey(part: number): string {
  return `contact${part}Role`;
}

function keyDate(key: string, label: string, synonyms: string): FieldDefinition {
  return { key, label, ...none, type: 'dateTime', synonyms: wordings(synonyms) };
}
