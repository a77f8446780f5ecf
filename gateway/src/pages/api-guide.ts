import { openApi } from './openapi.js';

interface Documented {
  readonly paths: Record<string, Record<string, { summary?: string }>>;
}

const EXAMPLE = `curl -s localhost:4000/api/clients \\
  -H "Authorization: Bearer $CASELEDGER_KEY" -H "Idempotency-Key: client-0001" -H "Content-Type: application/json" \\
  -d '{"firstName": "Ana", "lastName": "Ferrer", "email": "ana@kestrel-mail.net", "phone": "(415) 555-0132"}'`;

const GRAPHQL = `{
  contacts(filter: { search: "ferrer" }, first: 10) {
    totalCount
    nodes { id name emails { address } phones { display } }
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
<h2>REST</h2><pre>${EXAMPLE}</pre><table>${rows.join('\n')}</table>
<h2>GraphQL</h2><p>One endpoint, <code>POST /graphql</code>; subscriptions by graphql-ws on the same path.</p><pre>${GRAPHQL}</pre>
</body></html>
`;
}
