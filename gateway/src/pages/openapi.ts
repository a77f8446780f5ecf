import { clientFields, fieldsOf, type FieldDefinition } from '@caseledger/fields';

type Json = Record<string, unknown>;

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key and body answer the stored result for 24 hours (RST-002).',
  schema: { type: 'string', maxLength: 200 },
};
const query = (name: string, schema: Json, description = ''): Json => ({ name, in: 'query', schema, ...(description === '' ? {} : { description }) });
const object = (properties: Json, required: string[] = []): Json => ({ type: 'object', properties, ...(required.length === 0 ? {} : { required }) });
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ 'application/json': { schema } });
const ok = (schema: Json, status = '200', description = 'Done'): Json => ({ [status]: { description, content: json(schema) } });

const ROLES = ['CLIENT', 'OPPOSING_PARTY', 'WITNESS', 'ATTORNEY', 'FAMILY', 'OTHER'];
const policy = { enum: ['SKIP', 'UPDATE', 'CREATE', 'MERGE'], default: 'SKIP' };

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const refused = { default: { description: 'Refused', content: { 'application/problem+json': { schema: ref('Problem') } } } };

interface Operation {
  readonly tag: string;
  readonly summary: string;
  readonly body?: Json;
  readonly parameters?: readonly Json[];
  readonly responses: Json;
}

function operation({ tag, summary, body, parameters = [], responses }: Operation): Json {
  return {
    tags: [tag],
    summary,
    operationId: summary.replace(/[^A-Za-z ]/g, '').replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase()),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: { ...responses, ...refused },
  };
}

/** Bodies of a client: the keys of the field catalogue, so that the document cannot differ from the product. */
function clientSchema(): Json {
  return object({ ...texts(clientFields()), tags: { type: 'array', items: text }, onDuplicate: policy });
}

/** Bodies of a case: its own fields (FLD-003) beside its client, which is named or given, and further contacts. */
function caseSchema(): Json {
  const own = fieldsOf('CASES').filter(({ key, of }) => of === undefined && !/^contact\d/.test(key));
  const byId = object({ id: { type: 'string', format: 'uuid' } }, ['id']);
  const byExternalId = object({ externalSystem: text, externalId: text }, ['externalSystem', 'externalId']);
  return object(
    {
      ...texts(own),
      tags: { type: 'array', items: text },
      client: { oneOf: [byId, byExternalId, ref('ClientBody')] },
      contacts: { type: 'array', items: object({ id: { type: 'string', format: 'uuid' }, role: { enum: ROLES }, primary: { type: 'boolean' } }, ['id']) },
      onDuplicate: policy,
      onDuplicateClient: policy,
    },
    ['caseName', 'client'],
  );
}

/** What a change of a case may hold: type and status are changed by requests of their own. */
function caseChangeSchema(): Json {
  const own = fieldsOf('CASES').filter(({ key, of }) => of === undefined && !/^contact\d|^caseType$|^caseStatus$/.test(key));
  return object({ ...texts(own), tags: { type: 'array', items: text } });
}

function texts(fields: readonly FieldDefinition[]): Json {
  const entries = fields
    .filter(({ key }) => key !== 'recordId')
    .map(({ key, label, lengthMax }) => [key, { type: ['string', 'null'], title: label, ...(lengthMax === undefined ? {} : { maxLength: lengthMax }) }]);
  return Object.fromEntries(entries) as Json;
}

const SCHEMAS = (): Json => ({
  Problem: object(
    {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { type: 'string', description: 'Stable code' },
      detail: text,
      errors: { type: 'array', items: object({ field: text, code: text, message: text }) },
      requestId: text,
      candidates: { type: 'array', items: text, description: 'Similar records (DUPLICATE_REVIEW)' },
    },
    ['status', 'code', 'detail', 'requestId'],
  ),
  ClientBody: clientSchema(),
  Client: object({ id: text, version: count, name: text, client: { type: 'boolean' }, archived: { type: 'boolean' } }, ['id', 'version', 'name']),
  Result: object({ outcome: { enum: ['CREATED', 'UPDATED', 'MERGED', 'SKIPPED', 'UNCHANGED', 'FAILED'] }, client: { oneOf: [ref('Client'), { type: 'null' }] }, warnings: { type: 'array', items: ref('Issue') }, errors: { type: 'array', items: ref('Issue') } }, ['outcome']),
  CaseBody: caseSchema(),
  CaseChange: caseChangeSchema(),
  Case: object({ id: text, version: count, number: text, caseName: text, caseType: text, caseStatus: text, category: { enum: ['OPEN', 'CLOSED'] }, contacts: { type: 'array', items: object({ id: text, role: { enum: ROLES }, primary: { type: 'boolean' } }) }, archived: { type: 'boolean' } }, ['id', 'version', 'number', 'caseName']),
  CaseResult: object({ outcome: { enum: ['CREATED', 'UPDATED', 'MERGED', 'SKIPPED', 'UNCHANGED', 'FAILED'] }, reason: text, case: { oneOf: [ref('Case'), { type: 'null' }] }, client: { oneOf: [object({ id: text, outcome: text }), { type: 'null' }] }, warnings: { type: 'array', items: ref('Issue') }, errors: { type: 'array', items: ref('Issue') }, candidates: { type: 'array', items: text }, candidatesAre: { enum: ['CASES', 'CONTACTS'] } }, ['outcome']),
  Issue: object({ code: text, severity: { enum: ['ERROR', 'WARNING'] }, field: { type: ['string', 'null'] }, text: { type: ['string', 'null'] }, message: text, suggestion: { type: ['string', 'null'] } }, ['code', 'severity', 'message']),
  Counts: object({ read: count, created: count, updated: count, merged: count, unchanged: count, skipped: count, failed: count, held: count }),
  Import: object({ id: text, type: { enum: ['CLIENTS', 'CONTACTS', 'CASES'] }, state: text, status: { type: ['string', 'null'] }, counts: ref('Counts'), plan: { type: ['object', 'null'] }, analysis: { type: ['object', 'null'] } }, ['id', 'type', 'state', 'counts']),
  Cell: object({ column: { ...count, description: '0-based, in file order' }, header: { type: ['string', 'null'] }, text }, ['column', 'header', 'text']),
  Match: object({ verdict: { enum: ['MATCH', 'REVIEW', 'AMBIGUOUS', 'NONE'] }, key: text, record: text, score: { type: 'number' }, records: { type: 'array', items: text }, earlierRow: count }, ['verdict']),
  HeldFor: object({ who: { ...text, description: 'Case, Client, Contact 1 to Contact 5, or Contact in a file of contacts' }, verdict: { enum: ['REVIEW', 'AMBIGUOUS'] }, key: { type: ['string', 'null'] }, records: { type: 'array', items: text } }, ['who', 'verdict', 'records']),
  Row: object({ row: count, line: count, sheet: { type: ['string', 'null'] }, attempt: count, cells: { type: 'array', items: ref('Cell') }, match: { oneOf: [ref('Match'), { type: 'null' }] }, heldFor: { type: 'array', items: ref('HeldFor') }, outcome: { type: ['string', 'null'] }, reason: { type: ['string', 'null'] }, changes: { type: 'array', items: { type: 'object' } }, issues: { type: 'array', items: ref('Issue') } }, ['row']),
  Revert: object({ id: text, importId: text, kind: { enum: ['REVERT', 'RESTORE'] }, state: text, hash: { type: ['string', 'null'] }, records: count, counts: { type: ['object', 'null'] } }, ['id', 'state']),
});

const IF_MATCH = { name: 'If-Match', in: 'header', schema: text, description: 'The version that was read, in quotes' };

const clients = {
  '/api/clients': {
    post: operation({ tag: 'clients', summary: 'Create a client', body: ref('ClientBody'), parameters: [KEY], responses: { ...ok(ref('Result'), '201', 'Created'), ...ok(ref('Result'), '200', 'Matched; see outcome') } }),
    get: operation({ tag: 'clients', summary: 'List clients', parameters: [query('search', text), query('status', text), query('updatedSince', { type: 'string', format: 'date-time' }), query('archived', { type: 'boolean' }), query('cursor', text), query('limit', { type: 'integer', minimum: 1, maximum: 500 })], responses: ok(object({ clients: { type: 'array', items: ref('Client') }, cursor: { type: ['string', 'null'] }, hasMore: { type: 'boolean' } })) }),
  },
  '/api/clients/batch': {
    post: operation({ tag: 'clients', summary: 'Create up to 500 clients', body: object({ items: { type: 'array', maxItems: 500, items: ref('ClientBody') }, onDuplicate: { enum: ['SKIP', 'UPDATE', 'CREATE', 'MERGE'] } }, ['items']), parameters: [KEY], responses: ok(object({ results: { type: 'array', items: ref('Result') }, applied: count, failed: count })) }),
  },
  '/api/clients/{id}': {
    get: operation({ tag: 'clients', summary: 'One client', parameters: [ID], responses: ok(ref('Client')) }),
    patch: operation({ tag: 'clients', summary: 'Change a client', body: ref('ClientBody'), parameters: [ID, KEY, IF_MATCH], responses: ok(ref('Client')) }),
  },
};

const caseCommand = (summary: string, body?: Json): Json => ({ post: operation({ tag: 'cases', summary, parameters: [ID, KEY], ...(body === undefined ? {} : { body }), responses: ok(ref('Case')) }) });
const idList = (name: string, what: string): Json => query(name, text, `Ids of ${what}, separated by commas`);

const cases = {
  '/api/cases': {
    post: operation({ tag: 'cases', summary: 'Create a case', body: ref('CaseBody'), parameters: [KEY], responses: { ...ok(ref('CaseResult'), '201', 'Created'), ...ok(ref('CaseResult'), '200', 'Matched; see outcome') } }),
    get: operation({ tag: 'cases', summary: 'List cases', parameters: [query('search', text), query('category', { enum: ['open', 'closed'] }), idList('caseTypeId', 'case types'), idList('caseStatusId', 'statuses'), query('client', text, 'Id of a contact on the case'), query('list', text, 'Id of a list'), query('tag', text), query('updatedSince', { type: 'string', format: 'date-time' }), query('archived', { type: 'boolean' }), query('cursor', text), query('limit', { type: 'integer', minimum: 1, maximum: 500 })], responses: ok(object({ cases: { type: 'array', items: ref('Case') }, cursor: { type: ['string', 'null'] }, hasMore: { type: 'boolean' } })) }),
  },
  '/api/cases/batch': {
    post: operation({ tag: 'cases', summary: 'Create up to 500 cases', body: object({ items: { type: 'array', maxItems: 500, items: ref('CaseBody') }, onDuplicate: policy, onDuplicateClient: policy }, ['items']), parameters: [KEY], responses: ok(object({ results: { type: 'array', items: ref('CaseResult') }, applied: count, failed: count })) }),
  },
  '/api/cases/{id}': {
    get: operation({ tag: 'cases', summary: 'One case', parameters: [ID], responses: ok(ref('Case')) }),
    patch: operation({ tag: 'cases', summary: 'Change a case', body: ref('CaseChange'), parameters: [ID, KEY, IF_MATCH], responses: ok(ref('Case')) }),
  },
  '/api/cases/{id}/status': caseCommand('Change the status of a case', object({ status: { type: 'string', description: 'Id or name' }, reason: text }, ['status'])),
  '/api/cases/{id}/type': caseCommand('Change the type of a case', object({ type: { type: 'string', description: 'Id or name' }, status: text }, ['type'])),
  '/api/cases/{id}/archive': caseCommand('Archive a case', object({ reason: text })),
  '/api/cases/{id}/restore': caseCommand('Restore a case'),
};

const command = (summary: string, body?: Json): Json => ({ post: operation({ tag: 'imports', summary, parameters: [ID, KEY], ...(body === undefined ? {} : { body }), responses: ok(ref('Import')) }) });
const hash = object({ planHash: text }, ['planHash']);

const imports = {
  '/api/imports': {
    post: operation({ tag: 'imports', summary: 'Create an import', body: object({ type: { enum: ['CLIENTS', 'CONTACTS', 'CASES'] }, fileName: text, sizeBytes: count, sha256: text, importKey: text }, ['type', 'fileName']), parameters: [KEY], responses: ok(ref('Import'), '201', 'Created') }),
    get: operation({ tag: 'imports', summary: 'List imports', parameters: [query('type', { enum: ['clients', 'contacts', 'cases'] }), query('state', text), query('status', { enum: ['worked', 'partially-worked', 'failed'] }), query('fileName', text), query('cursor', text), query('limit', { type: 'integer', minimum: 1, maximum: 500 })], responses: ok(object({ imports: { type: 'array', items: ref('Import') }, cursor: { type: ['string', 'null'] }, hasMore: { type: 'boolean' } })) }),
  },
  '/api/imports/{id}': { get: operation({ tag: 'imports', summary: 'One import', parameters: [ID], responses: ok(ref('Import')) }) },
  '/api/imports/{id}/file': {
    put: { ...operation({ tag: 'imports', summary: 'Upload a part or the whole file', parameters: [ID, query('part', { type: 'integer', minimum: 1 }, 'From 1, 8 MiB each; left out for the whole file'), { name: 'X-Content-SHA256', in: 'header', schema: text }], responses: ok(object({ part: count, sizeBytes: count, sha256: text })) }), requestBody: { required: true, content: { 'application/octet-stream': {} } } },
    get: operation({ tag: 'imports', summary: 'Parts that are held', parameters: [ID], responses: ok(object({ parts: { type: 'array', items: { type: 'object' } } })) }),
  },
  '/api/imports/{id}/file/complete': command('Complete the upload', object({ sha256: text })),
  '/api/imports/{id}/file/original': { get: operation({ tag: 'imports', summary: 'Download the original file', parameters: [ID], responses: { '200': { description: 'The bytes as uploaded', content: { 'application/octet-stream': {} } } } }) },
  '/api/imports/{id}/analysis': command('Override the analysis', object({ delimiter: text, sheet: text, headerRow: { type: 'integer', minimum: -1, description: '-1 for a file without header' } })),
  '/api/imports/{id}/mapping': command('Set the column mapping', object({ columns: { type: 'array', items: object({ column: count, target: text }, ['column']) } }, ['columns'])),
  '/api/imports/{id}/options': command('Set options', object({ duplicatePolicy: { enum: ['SKIP', 'UPDATE', 'CREATE', 'MERGE'] }, defaults: { type: 'object' }, dateFormat: { type: 'object' }, keepOriginalDates: { enum: ['ON', 'OFF'] }, caseType: { type: 'string', description: 'Of a case import: id or name' }, caseList: { type: 'string', description: 'Id or name of a list that exists' }, newCaseList: text, addSkippedToList: { enum: ['ON', 'OFF'] }, clientDuplicatePolicy: policy })),
  '/api/imports/{id}/decisions': command('Decide about rows', object({ rows: { type: 'array', items: count }, action: { enum: ['SKIP', 'UPDATE', 'MERGE', 'CREATE', 'EXCLUDE'] }, record: text })),
  '/api/imports/{id}/plan': command('Make the plan'),
  '/api/imports/{id}/confirm': command('Confirm the plan', hash),
  '/api/imports/{id}/start': command('Start the import', hash),
  '/api/imports/{id}/pause': command('Pause an import'),
  '/api/imports/{id}/resume': command('Resume an import'),
  '/api/imports/{id}/cancel': command('Cancel an import'),
  '/api/imports/{id}/discard': command('Discard a draft'),
  '/api/imports/{id}/retry': command('Retry rows', object({ rows: { type: 'array', items: count }, code: text, continueCancelled: { type: 'boolean' } })),
  '/api/imports/{id}/rows': { get: operation({ tag: 'imports', summary: 'Rows of the plan or the ledger', parameters: [ID, query('of', { enum: ['preview', 'plan', 'ledger'] }), query('outcome', text), query('reason', text), query('code', text), query('attempts', { enum: ['all'] }), query('cursor', count), query('limit', { type: 'integer', minimum: 1, maximum: 500 })], responses: ok(object({ rows: { type: 'array', items: ref('Row') }, cursor: { type: ['integer', 'null'] }, hasMore: { type: 'boolean' }, total: count })) }) },
  '/api/imports/{id}/issues': { get: operation({ tag: 'imports', summary: 'Issues by code and column', parameters: [ID], responses: ok(object({ issues: { type: 'array', items: { type: 'object' } } })) }) },
  '/api/imports/{id}/results/{result}': { get: operation({ tag: 'imports', summary: 'A result file', parameters: [ID, { name: 'result', in: 'path', required: true, schema: { enum: ['succeeded', 'failed', 'not-applied'] } }, query('format', { enum: ['csv', 'xlsx'] })], responses: { '200': { description: 'The file', content: { 'text/csv': {} } } } }) },
  '/api/imports/{id}/reverts': { get: operation({ tag: 'reverts', summary: 'Reverts of an import', parameters: [ID], responses: ok(object({ reverts: { type: 'array', items: ref('Revert') } })) }) },
  '/api/imports/{id}/revert': { post: operation({ tag: 'reverts', summary: 'Preview a revert', body: object({ createdPolicy: { enum: ['KEEP', 'STRIP', 'ARCHIVE'] }, recordPolicies: { type: 'object' } }), parameters: [ID, KEY], responses: ok(ref('Revert'), '202', 'The preview is being made') }) },
};

const revertCommand = (summary: string, body?: Json): Json => ({ post: operation({ tag: 'reverts', summary, parameters: [ID, KEY], ...(body === undefined ? {} : { body }), responses: ok(ref('Revert'), '202', 'Accepted') }) });

const reverts = {
  '/api/reverts/{id}': { get: operation({ tag: 'reverts', summary: 'One revert', parameters: [ID], responses: ok(ref('Revert')) }) },
  '/api/reverts/{id}/records': { get: operation({ tag: 'reverts', summary: 'Records of a revert', parameters: [ID, query('outcome', text), query('cursor', text), query('limit', { type: 'integer', minimum: 1, maximum: 500 })], responses: ok(object({ records: { type: 'array', items: { type: 'object' } } })) }) },
  '/api/reverts/{id}/confirm': revertCommand('Confirm a revert', object({ previewHash: text }, ['previewHash'])),
  '/api/reverts/{id}/pause': revertCommand('Pause a revert'),
  '/api/reverts/{id}/resume': revertCommand('Resume a revert'),
  '/api/reverts/{id}/cancel': revertCommand('Cancel a revert'),
  '/api/reverts/{id}/restore': revertCommand('Preview taking a revert back'),
};

/** The OpenAPI 3.1 document of the REST API, served at /api/openapi.json. */
export function openApi(): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Caseledger', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [{ name: 'sign-in' }, { name: 'clients' }, { name: 'cases' }, { name: 'imports' }, { name: 'reverts' }],
    paths: {
      '/api/sign-in': { post: { ...operation({ tag: 'sign-in', summary: 'Sign in', body: object({ email: text, password: text }, ['email', 'password']), responses: ok(object({ session: text, expiresAt: text })) }), security: [] } },
      ...clients,
      ...cases,
      ...imports,
      ...reverts,
    },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas: SCHEMAS() },
  };
}
