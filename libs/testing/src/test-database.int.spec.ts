import { eventually } from './eventually.js';
import { testDatabase } from './test-database.js';

class CreateNotes1 {
  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query('create schema app');
    await runner.query('create table app.note (id int primary key, text text not null)');
    await runner.query('grant usage on schema app to caseledger_app');
    await runner.query('grant select, insert on app.note to caseledger_app');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
Object.defineProperty(CreateNotes1, 'name', { value: 'CreateNotes1700000000000' });

describe('a test database', () => {
  it('has the migrations applied, is its own, and leaves nothing behind', async () => {
    const [one, two] = await Promise.all([testDatabase('one', [CreateNotes1]), testDatabase('two', [CreateNotes1])]);
    const first = await one.open();
    const second = await two.open();
    await first.app.query(`insert into app.note values (1, 'kept here')`);
    expect(await first.app.query('select id from app.note')).toEqual([{ id: 1 }]);
    expect(await second.app.query('select id from app.note')).toEqual([]);
    await one.drop();
    expect(await second.app.query('select datname from pg_database where datname = $1', [one.name])).toEqual([]);
    await two.drop();
  });

  it('gives the app role no ownership, no passing of row-level security, and time limits', async () => {
    const database = await testDatabase('roles', [CreateNotes1]);
    const { app, tail, owner } = await database.open();
    await expect(app.query('create table app.other ()')).rejects.toThrow(/permission denied/);
    await expect(tail.query('create table public.other ()')).rejects.toThrow(/read-only|permission denied/);
    await expect(owner?.query('create schema es')).resolves.toBeDefined();
    const [role] = await app.query(`select rolsuper, rolbypassrls from pg_roles where rolname = current_user`);
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false });
    expect(await app.query('show transaction_timeout')).toEqual([{ transaction_timeout: '1min' }]);
    expect(await app.query('show idle_in_transaction_session_timeout')).toEqual([{ idle_in_transaction_session_timeout: '5s' }]);
    await database.drop();
  });
});

describe('eventually', () => {
  it('answers what the check answers in the end', async () => {
    let asked = 0;
    expect(await eventually(() => (++asked < 3 ? undefined : asked))).toBe(3);
  });

  it('throws what the check threw last when the deadline is over', async () => {
    await expect(
      eventually(() => Promise.reject(new Error('still empty')), { deadlineMs: 30, everyMs: 5 }),
    ).rejects.toThrow('still empty');
  });
});
