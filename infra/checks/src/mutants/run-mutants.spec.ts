import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeRepository, type FakeRepository } from './fake-repository.fixture.js';
import type { Mutant } from './mutant.js';
import { runMutants } from './run-mutants.js';

const JEST_INSIDE_JEST_MS = 120_000;
const DEADLINE_MS = 60_000;
const GUARD = 'libs/guard/src/index.ts';

const mutant = (more: Partial<Mutant>): Mutant => ({
  id: 'no-age',
  fault: 'children enter',
  file: GUARD,
  find: 'if (age < 18) return false;',
  replace: 'if (age < 0) return false;',
  spec: 'libs/door/src/door.spec.ts',
  testName: 'stays shut for children',
  ...more,
});

describe('mutants', () => {
  let repository: FakeRepository | undefined;
  afterEach(() => repository?.remove());

  const run = async (mutants: readonly Mutant[], files: Record<string, string> = {}): Promise<{ counts: object; lines: string[] }> => {
    repository = fakeRepository(files);
    const lines: string[] = [];
    const counts = await runMutants({ root: repository.root, mutants, deadlineMs: DEADLINE_MS, say: (line) => lines.push(line) });
    return { counts, lines };
  };

  it('are caught by the named test through another package, and survive where no test asks', async () => {
    const { counts, lines } = await run([
      mutant({}),
      mutant({ id: 'other-age', replace: 'if (age < 17) return false;' }),
      mutant({ id: 'twice', find: 'return' }),
      mutant({ id: 'gone', find: 'if (age < 21)' }),
      mutant({ id: 'no-types', replace: "if (age < 'x') return false;" }),
      mutant({ id: 'other-test', testName: 'opens for grown-ups' }),
    ]);
    expect(counts).toEqual({ passed: 2, failed: 5, skipped: 0 });
    expect(lines).toContain('clean    libs/door: 2 named tests, no change');
    expect(lines.find((line) => line.includes('no-age'))).toMatch(
      /^caught {3}no-age libs\/guard\/src\/index\.ts:2 by "the door stays shut for children" \(libs\/door\/src\/door\.spec\.ts:5\): .*expect\(received\)\.toBe/,
    );
    const survivors = lines.filter((line) => line.startsWith('SURVIVED'));
    expect(survivors.sort()).toEqual([
      `SURVIVED gone ${GUARD}: its text occurs 0 times, not once`,
      expect.stringMatching(/^SURVIVED no-types .*does not compile: TS2365/),
      `SURVIVED other-age ${GUARD}:2: "stays shut for children" passes although children enter`,
      `SURVIVED other-test ${GUARD}:2: "opens for grown-ups" passes although children enter`,
      `SURVIVED twice ${GUARD}: its text occurs 2 times, not once`,
    ]);
    expect(readFileSync(join(repository?.root ?? '', GUARD), 'utf8')).toContain('age < 18');
  }, JEST_INSIDE_JEST_MS);

  it('are not tried on a tree that is red without them', async () => {
    const { counts, lines } = await run([mutant({})], { [GUARD]: 'export function mayEnter(age: number): boolean {\n  if (age < 18) return false;\n  return age > 99;\n}\nexport const mayNot = mayEnter;\n', 'libs/door/src/door.spec.ts': "import { open } from './index.js';\nit('stays shut for children', () => expect(open(12)).toBe('open'));\n" });
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 1 });
    expect(lines.join('\n')).toContain('fails without any change: stays shut for children');
  }, JEST_INSIDE_JEST_MS);

  it('need a test of that name, and a spec that runs', async () => {
    const { counts, lines } = await run([mutant({ testName: 'is painted' })]);
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 1 });
    expect(lines.join('\n')).toContain('no-age: no test "is painted" in libs/door/src/door.spec.ts');
  }, JEST_INSIDE_JEST_MS);

  it('that only break the spec itself are not caught', async () => {
    const { lines } = await run([mutant({ find: 'export function mayEnter', replace: "throw new Error('gone');\nexport function mayEnter" })]);
    expect(lines.find((line) => line.startsWith('SURVIVED'))).toContain('a spec could not run');
  }, JEST_INSIDE_JEST_MS);
});
