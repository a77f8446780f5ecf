import type { ImportGraph } from './import-graph.js';

/**
 * Groups of files that import each other's values, each group sorted; none in a healthy repository (STYLE §6).
 * Tarjan's strongly connected components, with an own stack so that a long chain of imports cannot overflow ours.
 */
export function findCycles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const cycles: string[][] = [];

  const enter = (file: string): Frame => {
    order.set(file, order.size);
    low.set(file, order.size - 1);
    path.push(file);
    onPath.add(file);
    return { file, targets: [...(graph.get(file) ?? [])] };
  };
  const lower = (file: string, to: number | undefined): void => {
    low.set(file, Math.min(low.get(file) ?? 0, to ?? Infinity));
  };
  const leave = (file: string): void => {
    if (low.get(file) !== order.get(file)) return;
    const group = path.splice(path.indexOf(file));
    for (const member of group) onPath.delete(member);
    if (group.length > 1 || (graph.get(file) ?? []).includes(file)) cycles.push(group.sort());
  };

  for (const start of graph.keys()) {
    if (order.has(start)) continue;
    const frames = [enter(start)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const target = frame.targets.pop();
      if (target === undefined) {
        frames.pop();
        leave(frame.file);
        const parent = frames.at(-1);
        if (parent !== undefined) lower(parent.file, low.get(frame.file));
      } else if (!order.has(target)) frames.push(enter(target));
      else if (onPath.has(target)) lower(frame.file, order.get(target));
    }
  }
  return cycles;
}

interface Frame {
  readonly file: string;
  readonly targets: string[];
}
