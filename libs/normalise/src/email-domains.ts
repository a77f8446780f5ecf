/** Domains many addresses have; only a slip away from one of these is worth a question. Short ones have too many neighbours. */
const FREQUENT = [
  'gmail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'icloud.com',
  'live.com',
  'comcast.net',
  'verizon.net',
  'sbcglobal.net',
  'bellsouth.net',
  'protonmail.com',
  'googlemail.com',
  'yahoo.co.uk',
  'hotmail.co.uk',
];

/** Real domains that are one slip away from a frequent one. */
const REAL = new Set([
  ...FREQUENT,
  'ymail.com',
  'mail.com',
  'email.com',
  'fmail.com',
  'life.com',
  'love.com',
  'line.com',
  'lite.com',
  'protonmail.ch',
  'yahoo.ca',
  'yahoo.co',
  'yahoo.de',
  'hotmail.ca',
  'hotmail.de',
  'outlook.de',
]);

/** Shorter names have too many real neighbours to tell a slip from a domain. */
const TELLING_CHARACTERS_MIN = 8;

/** The frequent domain this one is probably a slip of; undefined when it is fine or nothing is close. */
export function suggestDomain(domain: string): string | undefined {
  if (domain.length < TELLING_CHARACTERS_MIN || REAL.has(domain)) return undefined;
  return FREQUENT.find((known) => isOneSlipAway(domain, known));
}

/** One letter too many, missing, different, or two neighbours swapped. */
function isOneSlipAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  const restA = a.slice(same);
  const restB = b.slice(same);
  if (a.length > b.length) return restA.slice(1) === restB;
  if (a.length < b.length) return restA === restB.slice(1);
  const isSwap = restA.charAt(0) === restB.charAt(1) && restA.charAt(1) === restB.charAt(0);
  return restA.slice(1) === restB.slice(1) || (isSwap && restA.slice(2) === restB.slice(2));
}
