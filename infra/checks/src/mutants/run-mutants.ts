import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf } from '../repository/packages.js';
import type { Counts } from '../steps/run-steps.js';
import type { Mutant } from './mutant.js';
import { makeScratchTree, type ScratchTree } from './scratch-tree.js';
import { runSpecs, type TestOutcome } from './spec-run.js';
import { TypeCheck } from './type-check.js';

const AT_ONCE = 2;

export interface MutantsOptions {
  readonly root: string;
  readonly mutants: readonly Mutant[];
  /** Time one mutant's spec may take, and each package's specs on the clean tree. */
  readonly deadlineMs: number;
  readonly say: (line: string) => void;
}

/**
 * Shows that each guard has a test: on the clean tree the named tests pass, and with a guard taken away its test fails.
 * @returns one count per mutant, and one per package for the clean tree; when that is red no mutant is tried, as a
 * failing test would prove nothing
 */
export async function runMutants({ root, mutants, deadlineMs, say }: MutantsOptions): Promise<Counts> {
  const trees = Array.from({ length: Math.min(AT_ONCE, mutants.length) }, () => makeScratchTree(root));
  const [first] = trees;
  const removeAll = (): void => trees.forEach((tree) => tree.remove());
  process.once('exit', removeAll);
  try {
    if (first === undefined) return { passed: 0, failed: 0, skipped: 0 };
    const clean = await runClean(first, root, mutants, deadlineMs, say);
    if (clean.failed > 0) return { ...clean, skipped: mutants.length };
    const check = new TypeCheck(root);
    const waiting = [...mutants];
    const counts = { ...clean };
    const work = async (tree: ScratchTree): Promise<void> => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const { caught, line } = await tryMutant(tree, root, mutant, check, deadlineMs);
        counts[caught ? 'passed' : 'failed'] += 1;
        say(`${caught ? 'caught  ' : 'SURVIVED'} ${mutant.id} ${line}`);
      }
    };
    await Promise.all(trees.map(work));
    return counts;
  } finally {
    removeAll();
    process.off('exit', removeAll);
  }
}

/** The named tests on the unchanged copy: all found, all green. */
async function runClean(tree: ScratchTree, root: string, mutants: readonly Mutant[], deadlineMs: number, say: (line: string) => void): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const places = new Map<string, Mutant[]>();
  for (const mutant of mutants) places.set(placeOf(root, mutant), [...(places.get(placeOf(root, mutant)) ?? []), mutant]);
  for (const [place, own] of places) {
    const specs = [...new Set(own.map(({ spec }) => spec))];
    const { tests, broken } = await runSpecs({ dir: tree.dir, place, specs, testNames: own.map(({ testName }) => testName), deadlineMs: deadlineMs * specs.length });
    const unmatched = own.filter((mutant) => !tests.some((test) => isNamed(test, mutant)));
    const faults = [
      ...(broken === undefined ? [] : [broken]),
      ...tests.filter(({ status }) => status === 'failed').map(({ fullName, messages }) => `fails without any change: ${fullName}: ${firstLine(messages)}`),
      ...(broken === undefined ? unmatched.map(({ id, testName, spec }) => `${id}: no test "${testName}" in ${spec}`) : []),
    ];
    counts[faults.length === 0 ? 'passed' : 'failed'] += 1;
    say(`${faults.length === 0 ? 'clean   ' : 'RED     '} ${place}: ${tests.length} named tests, no change`);
    for (const fault of faults) say(`  ${fault}`);
  }
  return counts;
}

interface Verdict {
  readonly caught: boolean;
  readonly line: string;
}

async function tryMutant(tree: ScratchTree, root: string, mutant: Mutant, check: TypeCheck, deadlineMs: number): Promise<Verdict> {
  const { file, find, replace, spec, testName, fault } = mutant;
  // The copy is what is tested, so its text counts: the working tree may have been edited since.
  const text = readFileSync(join(tree.dir, file), 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2) return { caught: false, line: `${file}: its text occurs ${parts.length - 1} times, not once` };
  const where = `${file}:${(parts[0] ?? '').split('\n').length}`;
  const changed = parts.join(replace);
  const complaints = check.faultsOf(file, changed);
  if (complaints.length > 0) return { caught: false, line: `${where}: does not compile: ${complaints.join('; ')}` };

  tree.write(file, changed);
  try {
    const { tests, broken } = await runSpecs({ dir: tree.dir, place: placeOf(root, mutant), specs: [spec], testNames: [testName], deadlineMs });
    if (broken !== undefined) return { caught: false, line: `${where}: ${broken}` };
    const failing = tests.find(({ status }) => status === 'failed');
    if (failing === undefined) return { caught: false, line: `${where}: "${testName}" passes although ${fault}` };
    return { caught: true, line: `${where} by "${failing.fullName}"${placeIn(spec, failing)}: ${firstLine(failing.messages)}` };
  } finally {
    tree.write(file, text);
  }
}

function placeOf(root: string, { id, spec }: Mutant): string {
  const place = packageOf(root, spec)?.dir;
  if (place === undefined) throw new Error(`${id}: ${spec} lies in no package`);
  return place;
}

function isNamed({ fullName }: TestOutcome, { testName }: Mutant): boolean {
  return fullName.toLowerCase().includes(testName.toLowerCase());
}

/** Where in the spec the expectation stands that failed. */
function placeIn(spec: string, { messages }: TestOutcome): string {
  const name = spec.split('/').at(-1) ?? spec;
  const line = messages.join('\n').split(`${name}:`)[1]?.split(':')[0];
  return line === undefined ? '' : ` (${spec}:${line})`;
}

function firstLine(messages: readonly string[]): string {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
  const lines = (messages[0] ?? '').replace(escapes, '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('at '));
  return lines.slice(0, 3).join(' · ').slice(0, 300);
}
