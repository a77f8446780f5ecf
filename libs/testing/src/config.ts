/** The environment of the test run, for the processes it starts: without options meant for jest's own process. */
export function childEnvironment(more: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, NODE_OPTIONS: '', ...more };
}
