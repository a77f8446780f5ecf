import type { targetsV1 } from '@caseledger/contracts';
import type { KindTypes, RecordKind } from './row-kind.js';
import type { RowView } from './row-view.js';

/**
 * Judges one row and writes what it does into the view, for the rows after it. Of a withheld row the verdict stands and
 * names its record, but nothing is written: what it belongs to will not be (RUN-012). Only its own row's later parts see it.
 */
export function judgeRow<K extends KindTypes>(
  kind: RecordKind<K>,
  row: targetsV1.Row,
  context: K['context'],
  view: RowView<K['state']>,
): K['judged'] {
  view.comeTo(row.row);
  const judged = kind.judge(row, context, view);
  if (judged.after === undefined) return judged;
  if (row.withheld) {
    view.withhold(row.row, judged.record, judged.after);
    return { ...judged, after: undefined, events: [] };
  }
  view.write(judged.record, judged.after);
  return judged;
}
