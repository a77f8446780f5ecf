/** The folder with the programs of another PostgreSQL to test on, as `CASELEDGER_TEST_POSTGRES` names it; the embedded one if absent. */
export function postgresPrograms(): string | undefined {
  return process.env['CASELEDGER_TEST_POSTGRES'] || undefined;
}

/** The environment of the test run, for the processes it starts: without options meant for jest's own process. */
export function childEnvironment(more: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, NODE_OPTIONS: '', ...more };
}
