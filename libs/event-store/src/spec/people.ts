import type { MigrationInterface, QueryRunner } from 'typeorm';
import { EventCatalog } from '../event-catalog.js';
import type { NewEvent, StreamAppend } from '../event.types.js';
import type { TopicDefinition } from '../feed.types.js';
import { uuid7 } from '../ids.js';
import { pgArray } from '../pg-array.js';
import { tenantTable } from '../roles.js';
import type { InlineProjection } from '../store.types.js';

/** A small service for the specs: people with a name that is personal and tags that are not. */
export const peopleCatalog = new EventCatalog([
  { type: 'PersonAdded', schemaVersion: 1, personal: ['name', 'email'] },
  { type: 'PersonRenamed', schemaVersion: 1, personal: ['name'] },
  { type: 'PersonTagged', schemaVersion: 1 },
]);

/** A read model of three columns. */
export class PeopleTable1763700000100 implements MigrationInterface {
  readonly name = 'PeopleTable1763700000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table app.person (tenant uuid, id uuid, version int, name text, tags jsonb, primary key (tenant, id))');
    for (const statement of tenantTable('app.person')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table app.person');
  }
}

const APPLY = `
insert into app.person as p (tenant, id, version, name, tags)
select $1, u.id, u.version, u.name, u.tags from unnest($2::uuid[], $3::int4[], $4::text[], $5::jsonb[]) u(id, version, name, tags)
on conflict (tenant, id) do update
set version = excluded.version, name = coalesce(excluded.name, p.name), tags = p.tags || excluded.tags`;

/** Event by event, since one append may hold several of one person. */
export const peopleProjection: InlineProjection = {
  name: 'people',
  tables: ['app.person'],
  categories: ['person'],
  apply: async (tx, events) => {
    const seen = new Set(events.map((event) => event.stream));
    const rounds = seen.size === events.length ? [events] : events.map((event) => [event]);
    for (const round of rounds) {
      const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
      await tx.query({
        name: 'people_apply',
        text: APPLY,
        values: [
          tx.tenant,
          pgArray('uuid', round.map((event) => event.stream)),
          pgArray('int4', round.map((event) => event.version)),
          pgArray('text', round.map((event) => text(event.data['name']))),
          pgArray('jsonb', round.map((event) => JSON.stringify(typeof event.data['tag'] === 'string' ? [event.data['tag']] : []))),
        ],
      });
    }
  },
};

/** Carries the events of people; the payload is the clear data as JSON. */
export const peopleTopic: TopicDefinition = {
  topic: 'caseledger.people.v1',
  partitions: 4,
  categories: ['person'],
  encode: (event) => Buffer.from(JSON.stringify(event.data)),
};

export function added(name = 'Ada Byron', more: Partial<NewEvent> = {}): NewEvent {
  return { type: 'PersonAdded', data: { name, email: 'ada@analytical.example', kind: 'INDIVIDUAL' }, ...more };
}

export function tagged(tag: string, more: Partial<NewEvent> = {}): NewEvent {
  return { type: 'PersonTagged', data: { tag }, ...more };
}

/** Events for one person; a new one unless a stream is given. */
export function person(events: readonly NewEvent[] = [added()], more: Partial<StreamAppend> = {}): StreamAppend {
  return { stream: uuid7(), category: 'person', expected: 'none', events, ...more };
}
