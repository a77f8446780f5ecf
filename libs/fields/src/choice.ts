import { fold } from '@caseledger/normalise';
import type { Choice } from './field.js';

/** Longer texts are not a misspelt choice. */
const NEAR_CHARACTERS_MAX = 40;

/** A suggestion further away than this would be a guess. */
const NEAR_EDITS_MAX = 2;

const indexes = new WeakMap<readonly Choice[], ReadonlyMap<string, string>>();

/** The value of a choice by value, label or a known spelling, all folded (MAP-005). */
export function findChoice(choices: readonly Choice[], text: string): string | undefined {
  return indexOf(choices).get(spelling(text));
}

/** The allowed value nearest to a text, for a suggestion; undefined when none is near. */
export function nearestChoice(choices: readonly Choice[], text: string): string | undefined {
  const wanted = spelling(text);
  if (wanted.length < 3 || wanted.length > NEAR_CHARACTERS_MAX) return undefined;
  const ranked = choices.flatMap((choice) =>
    spellingsOf(choice)
      .map(spelling)
      .filter((each) => each.length >= 3)
      .map((each) => ({ value: choice.value, edits: editDistance(wanted, each) })),
  );
  const [best] = ranked.sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= NEAR_EDITS_MAX && best.edits < wanted.length / 2 ? best.value : undefined;
}

/** The value by every spelling; made once for each list of the catalogue. */
function indexOf(choices: readonly Choice[]): ReadonlyMap<string, string> {
  const known = indexes.get(choices);
  if (known !== undefined) return known;
  const index = new Map<string, string>();
  for (const choice of choices) {
    for (const each of spellingsOf(choice).map(spelling)) if (!index.has(each)) index.set(each, choice.value);
  }
  indexes.set(choices, index);
  return index;
}

function spellingsOf(choice: Choice): string[] {
  return [choice.value, choice.label, ...(choice.spellings ?? [])];
}

function spelling(text: string): string {
  return fold(text).replaceAll(' ', '');
}

/** Letters to add, drop or change (Levenshtein); both texts are short. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
