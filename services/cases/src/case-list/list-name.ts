/** A name as names of lists are compared (OPT-006): without regard to case and to the spaces around and between. */
export function foldedName(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}
