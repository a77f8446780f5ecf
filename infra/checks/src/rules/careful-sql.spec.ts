import { carefulSql } from './careful-sql.js';
import { lintSnippet } from './lint-snippet.js';

const lint = (code: string): unknown[] => lintSnippet(carefulSql, 'libs/event-store/src/append.ts', code);

describe('SQL that would break the log', () => {
  it.each([
    ['immediate', "query('set constraints all immediate');"],
    ['immediate', "query('SET CONSTRAINTS es.seal IMMEDIATE');"],
    ['silent', "query('insert into es.event (tenant) values ($1) on conflict do nothing');"],
    ['silent', 'query(`insert into event\n select * from added\n on conflict (tenant, stream, version) do nothing`);'],
    ['silent', "query(`insert into ${'es'}.log values (1) on conflict do nothing`.concat('insert into es.log select 1 on conflict on constraint log_pkey do nothing'));"],
  ])('refuses as %s: %s', (fault, code) => {
    expect(lint(code)).toContain(fault);
  });

  it('allows it for tables that are no facts, and other answers to a conflict', () => {
    expect(lint("query('insert into es.stream (tenant) values ($1) on conflict (tenant, stream) do nothing');")).toEqual([]);
    expect(lint("query('insert into app.event_view (tenant) values ($1) on conflict do nothing');")).toEqual([]);
    expect(lint("query('insert into es.event (tenant) values ($1); insert into es.checkpoint values (1) on conflict do nothing');")).toEqual([]);
    expect(lint("query('set constraints all deferred');")).toEqual([]);
  });
});
