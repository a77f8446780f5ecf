/** Lines shown of a difference; the rest is counted. */
const SHOWN_MAX = 20;

/**
 * How a database differs from its committed snapshot, one line per difference; empty when they are equal. A line
 * belongs to its object, so that the same column in two tables is not taken for one.
 */
export function compareSnapshot(committed: string, actual: string): string[] {
  if (committed === actual) return [];
  const before = placedLines(committed);
  const after = placedLines(actual);
  const differences = [
    ...[...before].filter((line) => !after.has(line)).map((line) => `only in the snapshot: ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `only in the database: ${line}`),
  ];
  if (differences.length === 0) return ['the same lines in another order'];
  const hidden = differences.length - SHOWN_MAX;
  return hidden > 0 ? [...differences.slice(0, SHOWN_MAX), `and ${hidden} more`] : differences;
}

function placedLines(text: string): Set<string> {
  let object = '';
  return new Set(
    text.split('\n').filter((line) => line !== '').map((line) => {
      if (!line.startsWith(' ')) object = line;
      return line === object ? line : `${object} > ${line.trim()}`;
    }),
  );
}
