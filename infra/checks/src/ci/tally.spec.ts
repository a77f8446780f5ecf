import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsIn, countsInJestReport, lastLine, one, sum } from './tally.js';

describe('the numbers of a whole run', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'caseledger-tally-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (content: object): string => {
    writeFileSync(join(folder, 'counts.json'), JSON.stringify(content));
    return join(folder, 'counts.json');
  };
  const jest = { numPassedTests: 40, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, numRuntimeErrorTestSuites: 3 };

  it('are those of jest, with a spec file that could not run as a failure', () => {
    expect(countsInJestReport(file(jest), 1)).toEqual({ passed: 40, failed: 4, skipped: 3 });
  });

  it('are those a command wrote down', () => {
    expect(countsIn(file({ passed: 7, failed: 0, skipped: 0 }), 0)).toEqual({ passed: 7, failed: 0, skipped: 0 });
  });

  it('hold a failure for a command that ended badly or left no numbers', () => {
    expect(countsIn(file({ passed: 7, failed: 0, skipped: 0 }), 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
    expect(countsInJestReport(file({ ...jest, numFailedTests: 0, numRuntimeErrorTestSuites: 0 }), null)).toEqual({ passed: 40, failed: 1, skipped: 3 });
    expect(countsIn(join(folder, 'none.json'), 0)).toEqual(one(false));
    expect(countsInJestReport(join(folder, 'none.json'), 0)).toEqual(one(false));
  });

  it('are added up and written as one line', () => {
    expect(lastLine(sum([one(true), one(false), { passed: 5, failed: 0, skipped: 2 }]))).toBe('6 passed, 1 failed, 2 skipped');
  });
});
