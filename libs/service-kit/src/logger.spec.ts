import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger({ service: 'accounts', to: { write: (line: string) => void lines.push(line) } }));
  const read: unknown = JSON.parse(lines[0] ?? 'null');
  return Object.fromEntries(Object.entries(typeof read === 'object' && read !== null ? read : {}));
}

describe('a log line', () => {
  it('hides what may be secret or personal', () => {
    const line = logged((logger) => logger.info({ userId: 'u1', email: 'ada@example.org', user: { name: 'Ada', password: 'p' } }, 'Signed in'));
    expect(line).toMatchObject({ service: 'accounts', level: 'info', userId: 'u1', message: 'Signed in' });
    expect(JSON.stringify(line)).not.toMatch(/ada@example|Ada|"p"/);
  });

  it('says of a database error no value of a row', () => {
    const fault = Object.assign(new Error('invalid input syntax for type uuid: "Zelda Example"'), {
      severity: 'ERROR',
      code: '22P02',
      detail: 'Key (email)=(ada@example.org)',
      query: 'select',
      parameters: ['Zelda'],
    });
    const line = logged((logger) => logger.error({ error: fault }, 'Failed'));
    expect(line['error']).toMatchObject({ code: '22P02' });
    expect(JSON.stringify(line)).not.toMatch(/Zelda|ada@example/);
  });
});
