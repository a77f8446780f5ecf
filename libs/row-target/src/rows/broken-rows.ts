/**
 * The items that make a whole fail, found by halving: the shortest beginning that fails ends with a broken item; without
 * it the search goes on. Items may fail only together with earlier ones, so beginnings are tried, in order, never parts
 * out of the middle. Asks at most about log2(n) times per broken item.
 */
export async function brokenAmong<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<Set<T>> {
  const broken = new Set<T>();
  for (;;) {
    const left = items.filter((item) => !broken.has(item));
    if (left.length === 0 || !(await fails(left))) return broken;
    // Beginnings up to `good` do not fail, those from `bad` on do.
    let good = 0;
    let bad = left.length;
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (await fails(left.slice(0, middle))) bad = middle;
      else good = middle;
    }
    const item = left[bad - 1];
    if (item !== undefined) broken.add(item);
  }
}
