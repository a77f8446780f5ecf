import { openApi } from './openapi.js';

interface Documented {
  readonly paths: Record<string, Record<string, { summary?: string }>>;
}

const EXAMPLE = `curl -s localhost:4000/api/clients \\
  -H "Authorization: Bearer $CASELEDGER_KEY" -H "Idempotency-Key: client-0001" -H "Content-Type: application/json" \\
  -d '{"firstName": "Ana", "lastName": "Ferrer", "email": "ana@kestrel-mail.net", "phone": "(415) 555-0132"}'`;

const CASE_EXAMPLE = `curl -s localhost:4000/api/cases \\
  -H "Authorization: Bearer $CASELEDGER_KEY" -H "Idempotency-Key: case-0001" -H "Content-Type: application/json" \\
  -d '{"caseName": "Ferrer v. Quarry", "caseType": "Personal Injury", "openedOn": "2026-03-02",
       "client": {"firstName": "Ana", "lastName": "Ferrer", "email": "ana@kestrel-mail.net"}}'`;

const GRAPHQL = `{
  contacts(filter: { search: "ferrer" }, first: 10) {
    totalCount
    nodes { id name emails { address } phones { display } cases { nodes { role case { number name status { name } } } } }
  }
}`;

/** A page a developer can read: every request with what it does, and one example of each kind. */
export function apiGuide(): string {
  const { paths } = openApi() as unknown as Documented;
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary }]) => `<tr><td><code>${method.toUpperCase()} ${path}</code></td><td>${summary ?? ''}</td></tr>`),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Caseledger API</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.2rem 1rem .2rem 0;vertical-align:top}pre{background:#f3f5f7;padding:1rem;overflow:auto}</style></head>
<body><h1>Caseledger API</h1>
<p>Make a key with <code>npx caseledger key create</code> or sign in with <code>POST /api/sign-in</code>; send either as <code>Authorization: Bearer …</code>. Errors are <code>application/problem+json</code> with a stable <code>code</code>. The OpenAPI document is at <a href="/api/openapi.json">/api/openapi.json</a>, the GraphQL explorer at <a href="/">/</a>.</p>
<h2>REST</h2><pre>${EXAMPLE}</pre><p>A case comes with its client: its data, or <code>{"id": …}</code>, or <code>{"externalSystem": …, "externalId": …}</code>. Type and status are given by name.</p><pre>${CASE_EXAMPLE}</pre><table>${rows.join('\n')}</table>
<h2>GraphQL</h2><p>One endpoint, <code>POST /graphql</code>; subscriptions by graphql-ws on the same path.</p><pre>${GRAPHQL}</pre>
</body></html>
`;
}
