/** The GraphQL explorer with a place to sign in; what it shows comes from the schema. */
export function graphiqlPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caseledger</title>
<link rel="stylesheet" href="/assets/graphiql.css">
<style>
  html, body { height: 100%; margin: 0; font: 14px system-ui, sans-serif; }
  body { display: flex; flex-direction: column; }
  header { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .5rem 1rem; background: #1d2733; color: #fff; }
  header a { color: #9fd0ff; }
  header form { display: flex; gap: .5rem; margin-left: auto; flex-wrap: wrap; }
  header input, header button { padding: .3rem .5rem; font: inherit; }
  #explorer { flex: 1; min-height: 0; }
</style>
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
  let session = sessionStorage.getItem('session') || '';
  const who = document.getElementById('who');
  const show = () => { who.textContent = session ? 'Signed in' : 'Not signed in'; };
  document.getElementById('sign-in').addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await fetch('/api/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: document.getElementById('email').value, password: document.getElementById('password').value }),
    });
    const body = await answer.json();
    session = answer.ok ? body.session : '';
    sessionStorage.setItem('session', session);
    if (answer.ok) show(); else who.textContent = body.detail;
  });
  const fetcher = (parameters, options) => GraphiQL.createFetcher({
    url: '/graphql',
    subscriptionUrl: (location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '/graphql',
    headers: session ? { authorization: 'Bearer ' + session } : {},
    wsConnectionParams: { authorization: 'Bearer ' + session },
  })(parameters, options);
  show();
  ReactDOM.createRoot(document.getElementById('explorer')).render(React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: '# Sign in above, then try:\\n{\\n  company { name }\\n  contacts(first: 5) { totalCount nodes { name phones { display } } }\\n  cases(first: 5) { totalCount nodes { number name status { name } contacts { role contact { name } } } }\\n  imports(first: 5) { nodes { state file { name } counts { read created failed } } }\\n}\\n',
  }));
</script>
</body>
</html>
`;
}
