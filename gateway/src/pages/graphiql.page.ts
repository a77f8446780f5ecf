const STYLE = `\
  html, body { height: 100%; margin: 0; font: 14px system-ui, sans-serif; }
  body { display: flex; flex-direction: column; }
  header { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .5rem 1rem; background: #1d2733; color: #fff; }
  header a { color: #9fd0ff; }
  header form { display: flex; gap: .5rem; margin-left: auto; flex-wrap: wrap; }
  header input, header button { padding: .3rem .5rem; font: inherit; }
  #explorer { flex: 1; min-height: 0; }
`;

const SCRIPT = `\
  const who = document.getElementById('who');
  const root = ReactDOM.createRoot(document.getElementById('explorer'));
  let session = '';

  // Nothing is asked for before somebody has signed in; then the schema is, with what that person may see.
  const begin = (given, words) => {
    session = given;
    sessionStorage.setItem('session', session);
    who.textContent = words;
    const authorization = session ? { authorization: 'Bearer ' + session } : {};
    const fetcher = GraphiQL.createFetcher({
      url: '/graphql',
      subscriptionUrl: (location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '/graphql',
      headers: authorization,
      wsConnectionParams: authorization,
      fetch: async (...request) => {
        const answer = await fetch(...request);
        if (answer.status === 401 && session === given && given) begin('', 'The session is over: sign in again');
        return answer;
      },
    });
    root.render(React.createElement(GraphiQL, {
      fetcher,
      ...(session ? {} : { schema: null }),
      defaultQuery: '# Sign in above, then try:\\n{\\n  company { name }\\n  contacts(first: 5) { totalCount nodes { name phones { display } } }\\n  cases(first: 5) { totalCount nodes { number name status { name } contacts { role contact { name } } } }\\n  imports(first: 5) { nodes { state file { name } counts { read created failed } } }\\n}\\n',
    }));
  };

  document.getElementById('sign-in').addEventListener('submit', async (event) => {
    event.preventDefault();
    const [email, password] = ['email', 'password'].map((id) => document.getElementById(id).value);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/api/sign-in', { method: 'POST', headers, body: JSON.stringify({ email, password }) }).catch(() => undefined);
    const body = await answer?.json().catch(() => undefined);
    if (answer?.ok) return begin(body.session, 'Signed in');
    begin('', answer?.status === 401 ? 'Wrong e-mail or password' : body?.detail ?? 'No answer: try again');
  });

  const kept = sessionStorage.getItem('session') || '';
  begin(kept, kept ? 'Signed in' : 'Not signed in');
`;

/** The GraphQL explorer with a place to sign in; what it shows comes from the schema. */
export function graphiqlPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caseledger</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/graphiql.css">
<style>
${STYLE}</style>
</head>
<body>
<header>
  <strong>Caseledger</strong>
  <a href="/docs/api">API guide</a>
  <form id="sign-in">
    <input id="email" type="email" placeholder="E-mail" aria-label="E-mail" required autocomplete="username">
    <input id="password" type="password" placeholder="Password" aria-label="Password" required autocomplete="current-password">
    <button>Sign in</button>
    <span id="who" role="status"></span>
  </form>
</header>
<main id="explorer"></main>
<script src="/assets/react.js"></script>
<script src="/assets/react-dom.js"></script>
<script src="/assets/graphiql.js"></script>
<script>
${SCRIPT}</script>
</body>
</html>
`;
}
