import { absent, failed, passed, type Step, type StepResult } from './step.js';
import { runSteps } from './run-steps.js';

const step = (name: string, run: () => Promise<StepResult>): Step => ({ name, run });

describe('the steps of a check', () => {
  it('all run, whatever fails before them, and count as one each', async () => {
    const lines: string[] = [];
    const steps = [
      step('types', () => Promise.resolve(failed(['a.ts:1 wrong', 'b.ts:2 wrong']))),
      step('lint', () => Promise.reject(new Error('no configuration'))),
      step('contracts', () => Promise.resolve(absent('no release yet'))),
      step('cycles', () => Promise.resolve(passed('12 files'))),
    ];
    expect(await runSteps('.', steps, (line) => lines.push(line))).toEqual({ passed: 1, failed: 2, skipped: 0 });
    const text = lines.join('\n').replace(/ \(\d+\.\d s\)/g, '');
    expect(text).toContain('FAILED types\n  a.ts:1 wrong\n  b.ts:2 wrong\nFAILED lint\n  Error: no configuration');
    expect(text).toContain('absent contracts: no release yet\nok     cycles: 12 files');
  });
});
