import { lintSnippet } from './lint-snippet.js';
import { pureDeciders } from './pure-deciders.js';

const DECIDER = 'services/imports/src/import/import.decider.ts';
const lint = (code: string, filename = DECIDER): unknown[] => lintSnippet(pureDeciders, filename, code);

describe('events, deciders and workflows are pure', () => {
  it.each([
    ['import', "import { Client } from 'pg'; export { Client };"],
    ['import', "import { outcomes } from '../ledger/outcomes.js'; outcomes();"],
    ['import', "import type { Row } from '../ledger/row.js'; export type R = Row;"],
    ['import', "export const later = () => import('./more.js');"],
    ['value', "import { uuid8 } from '@caseledger/event-store'; export const id = uuid8('a');"],
    ['value', "import { uuid8, type Fact } from '@caseledger/event-store'; export const id: Fact = uuid8('a');"],
    ['impure', 'export const now = () => new Date();'],
    ['impure', 'export const now = () => Date.now();'],
    ['impure', 'export const dice = () => Math.random();'],
    ['impure', 'export const id = () => crypto.randomUUID();'],
    ['asynchronous', 'export async function decide() {}'],
  ])('refuses as %s: %s', (fault, code) => {
    expect(lint(code)).toContain(fault);
  });

  it('refuses the same in events and workflows, and leaves other files alone', () => {
    const code = "import { Client } from 'pg'; export { Client };";
    expect(lint(code, 'services/imports/src/import/import.events.ts')).toEqual(['import']);
    expect(lint(code, 'services/imports/src/import/import.workflow.ts')).toEqual(['import']);
    expect(lint(code, 'services/imports/src/split.job.ts')).toEqual([]);
  });

  it('allows the own folder, types of the event store and the contracts, and time that came in', () => {
    expect(lint(`
      import type { Fact } from '@caseledger/event-store';
      import { type importsV1 } from '@caseledger/contracts';
      import { hasEnded } from './import.js';
      export const decide = (crypto: { at: Date }): unknown => [hasEnded, new Date(crypto.at)] satisfies unknown[] as Fact[] | importsV1.Row[];
    `)).toEqual([]);
  });
});
