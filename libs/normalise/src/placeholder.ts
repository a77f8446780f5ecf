import { fold } from './text.js';

/** Words people write where they have nothing to write, folded. */
const WORDS = new Set(
  `n a|na|none|null|nil|unknown|not known|unk|tbd|tba|test|test test|not available|not applicable|not provided|not given|
no data|no value|no name|no email|no e mail|no mail|noemail|no phone|no number|no phone number|nophone|no address|blank|
empty|missing|undefined|x|xx|xxx|xxxx|asdf|keine|keine angabe|k a|ninguno|ninguna|aucun|aucune|nessuno|nessuna|geen|
inconnu|desconocido|unbekannt|does not have|declined|refused|anonymous`
    .split('|')
    .map((word) => word.trim()),
);

/** Whether a text only says that there is no value: `n/a`, `-`, `none`, `unknown` (NRM-001, NRM-020, NRM-025). */
export function isPlaceholder(text: string): boolean {
  if (text.length > 40) return false;
  const folded = fold(text);
  return folded === '' ? text.trim() !== '' : WORDS.has(folded);
}

/**
 * Whether a text is a mark for "nothing" that can be no text of its own: `n/a`, `#N/A`, dashes, question marks.
 * Words such as `None` are left alone: they may be a place or a name.
 */
export function isBlankMark(text: string): boolean {
  return /^(?:[-–—_.?*/]{1,10}|#?n\.?\/a\.?|\(?(?:none|blank|empty)\)|<(?:none|blank|empty|null)>)$/i.test(text);
}
