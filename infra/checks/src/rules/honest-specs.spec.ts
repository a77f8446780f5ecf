import { honestSpecs } from './honest-specs.js';
import { lintSnippet } from './lint-snippet.js';

const lint = (code: string, filename = 'libs/fields/src/field.spec.ts'): unknown[] => lintSnippet(honestSpecs, filename, code);

describe('specs run whole, can fail, and do not sleep', () => {
  it.each([
    ['skipped', "it.skip('reads', () => {});"],
    ['skipped', "describe.only('reading', () => {});"],
    ['skipped', "it.todo('reads');"],
    ['skipped', "xit('reads', () => {});"],
    ['empty', 'expect(true).toBe(true);'],
    ['sleep', 'await new Promise((resolve) => setTimeout(resolve, 50));'],
    ['sleep', 'await sleep(50);'],
    ['sleep', "import { setTimeout as pause } from 'node:timers/promises'; await pause(50);"],
  ])('refuses as %s: %s', (fault, code) => {
    expect(lint(code)).toEqual([fault]);
  });

  it('allows deadlines, rows of a table, and waiting in production code', () => {
    expect(lint("it.each([1])('reads %i', (n) => { setTimeout(() => abort(), 50); expect(n).toBe(1); });")).toEqual([]);
    expect(lint('await new Promise((resolve) => setTimeout(resolve, 50));', 'libs/event-streams/src/backoff.ts')).toEqual([]);
  });
});
