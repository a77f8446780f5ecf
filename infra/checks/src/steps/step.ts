/** What one step of `npm run check` found. */
export interface StepResult {
  /** `absent`: there is nothing yet that the step could look at; it counts as neither passed nor failed. */
  readonly state: 'passed' | 'failed' | 'absent';
  /** Faults one by one when it failed; otherwise at most a line about what was looked at. */
  readonly lines: readonly string[];
}

export interface Step {
  readonly name: string;
  /** @param root the repository's folder */
  run(root: string): Promise<StepResult>;
}

export const passed = (line?: string): StepResult => ({ state: 'passed', lines: line === undefined ? [] : [line] });
export const failed = (lines: readonly string[]): StepResult => ({ state: 'failed', lines });
export const absent = (line: string): StepResult => ({ state: 'absent', lines: [line] });

/** The faults of a list of findings, or a line when there are none. */
export function verdict(faults: readonly string[], line: string): StepResult {
  return faults.length === 0 ? passed(line) : failed(faults);
}
