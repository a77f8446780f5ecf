export interface TimelineStep {
  readonly state: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Seconds from the last time an import entered one state to the first time after that it entered another, by its own
 * timeline: the clock of the service, without the time it takes to ask.
 * @throws Error when it never did
 */
export function secondsBetween(timeline: readonly TimelineStep[], from: string, to: string): number {
  const begun = timeline.map(({ state }) => state).lastIndexOf(from);
  const ended = timeline.slice(begun + 1).find(({ state }) => state === to);
  const first = timeline[begun];
  if (first === undefined || ended === undefined) throw new Error(`No way from ${from} to ${to} in ${timeline.map(({ state }) => state).join(', ')}`);
  return (Date.parse(ended.at) - Date.parse(first.at)) / 1000;
}
