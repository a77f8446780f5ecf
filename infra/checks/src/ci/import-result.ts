/**
 * What is wrong with the last line of `caseledger import … --json`: no such line, an import that did not complete,
 * rows without an outcome, or other counts than expected. Undefined when all is well.
 * @param expected counts by name that the import must have
 */
export function importFault(output: string, expected: Readonly<Record<string, number>>): string | undefined {
  const line = output.trim().split('\n').at(-1) ?? '';
  const result = parsed(line);
  if (result === undefined || result.counts === undefined) return `the import gave no result: ${output.slice(-2_000)}`;
  const { state, counts } = result;
  if (state !== 'COMPLETED') return `the import ended ${state ?? 'without a state'}: ${line}`;
  const outcomes = ['created', 'updated', 'merged', 'unchanged', 'skipped', 'failed'].map((name) => counts[name] ?? 0);
  if (outcomes.reduce((a, b) => a + b, 0) !== counts['read']) return `the outcomes do not add up to the rows read: ${line}`;
  const other = Object.entries(expected).find(([name, count]) => counts[name] !== count);
  return other === undefined ? undefined : `${other[0]} should be ${other[1]}: ${line}`;
}

function parsed(line: string): { state?: string; counts?: Record<string, number> } | undefined {
  try {
    return JSON.parse(line) as { state?: string; counts?: Record<string, number> };
  } catch {
    return undefined;
  }
}
