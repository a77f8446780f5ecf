import { randomUUID } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { ConsumerTransaction, StreamMessage } from '../index.js';
import type { PublishedEvent } from './stream-harness.js';

/** The view of the contract's consumers: one row per message handled, so that a loss or a repetition shows. */
export class Tally1763700009001 implements MigrationInterface {
  readonly name = 'Tally1763700009001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table app.tally (
      id bigint generated always as identity primary key,
      consumer text not null, member text not null, stream text not null, n int not null)`);
    await runner.query('grant select, insert on app.tally to caseledger_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table app.tally');
  }
}

/** Writes a batch into the view. @throws SyntaxError for a payload that cannot be read */
export async function record(consumer: string, member: string, batch: readonly StreamMessage[], tx: ConsumerTransaction): Promise<void> {
  await tx.query(
    `insert into app.tally (consumer, member, stream, n)
     select $1, $2, t.stream, t.n from unnest($3::text[], $4::int[]) with ordinality t (stream, n, place) order by t.place`,
    [consumer, member, batch.map(({ stream }) => stream), batch.map(numberOf)],
  );
}

/** What a payload of the contract says. @throws SyntaxError */
export function numberOf(message: StreamMessage): number {
  const parsed: unknown = JSON.parse(Buffer.from(message.payload).toString());
  if (typeof parsed !== 'object' || parsed === null || !('n' in parsed) || typeof parsed.n !== 'number') throw new SyntaxError('not a count');
  return parsed.n;
}

/** What a consumer's view holds: the numbers of each stream in the order in which they were written. */
export async function tallyOf(database: DataSource, consumer: string): Promise<Record<string, number[]>> {
  const rows: { stream: string; numbers: number[] }[] = await database.query(
    `select stream, array_agg(n order by id) as numbers from app.tally where consumer = $1 group by stream order by stream`,
    [consumer],
  );
  return Object.fromEntries(rows.map(({ stream, numbers }) => [stream, numbers]));
}

/** Which members wrote rows of a consumer's view. */
export async function writersOf(database: DataSource, consumer: string): Promise<string[]> {
  const rows: { member: string }[] = await database.query('select distinct member from app.tally where consumer = $1 order by member', [consumer]);
  return rows.map(({ member }) => member);
}

/** What the view must hold after all these events. */
export function expectedOf(events: readonly PublishedEvent[]): Record<string, number[]> {
  const streams = [...new Set(events.map(({ stream }) => stream))].sort();
  return Object.fromEntries(streams.map((stream) => [stream, events.filter((event) => event.stream === stream).map(({ n }) => n)]));
}

/** Events of `streams` new streams, `each` of every one, mixed with each other. */
export function mixedEvents(streams: number, each: number): PublishedEvent[] {
  const ids = Array.from({ length: streams }, () => randomUUID());
  return Array.from({ length: each }, (_, round) => ids.map((stream) => ({ stream, n: round + 1 }))).flat();
}

/** Events that follow on others of the same streams. */
export function furtherEvents(of: readonly PublishedEvent[], each: number): PublishedEvent[] {
  const last = new Map(of.map(({ stream, n }) => [stream, n]));
  return Array.from({ length: each }, (_, round) => [...last].map(([stream, n]) => ({ stream, n: n + round + 1 }))).flat();
}
