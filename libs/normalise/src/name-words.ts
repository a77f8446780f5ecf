/** Words of names, folded, without dots. Kept apart from the reading so that a new one is one word here. */

/** Titles before a name. */
export const PREFIXES =
  words(`mr mrs ms miss mx dr prof professor rev reverend hon honorable judge justice sir dame lord
lady fr father sister brother pastor rabbi imam capt captain col colonel lt lieutenant maj major gen general sgt sergeant
cpl cmdr adm admiral sen senator rep representative gov governor pres president amb ambassador atty attorney herr frau
monsieur madame mme mlle senor senora sra srta`);

/** Suffixes that are one in any place after the name. */
export const SUFFIXES = words(`jr sr junior senior ii iii iv esq esquire md phd dds dvm cpa jd rn llm edd psyd ret
retired usmc usn usaf`);

/** Suffixes only after a comma: without it each of them is somebody's last name or initial. */
export const SUFFIXES_AFTER_COMMA = words(`i v vi vii ba bs bsc ma msc mba do pa pe od cfa lcsw lpn np pharmd aprn ra`);

/** Parts of a last name that stand before its main word (NRM-002). */
export const PARTICLES =
  words(`van von der den de del della dello di da do dos das du des la le las los ter ten te zu zum
zur bin ibn bint st saint san santa mac mc af av vom op het`);

/** Particles only when written small: with a capital they are given names. */
export const SMALL_PARTICLES = words(`al el ben abu e y`);

/** Words joining two people. Single letters are initials, and `y` joins two last names of one person. */
export const JOINERS = new Set(['&', '+', 'and', 'und']);

/** Words that no person's name holds. */
export const FOREIGN_WORDS = words(`of for the at c/o attn`);

/** Legal forms that make a name a business wherever they stand at the end. */
export const LEGAL_FORMS = words(`llc inc incorporated ltd limited llp pllc lllp lp plc corp corporation gmbh mbh bv nv
srl sarl sas spa pty kft sro as oyj aps kgaa`);

/** Legal forms that are also names and words; they count in capitals only, after two other words. */
export const SHORT_LEGAL_FORMS = new Set([
  'PC',
  'PA',
  'AG',
  'SA',
  'KG',
  'CO',
  'AB',
  'OY',
  'SL',
  'P.C.',
  'P.A.',
  'S.A.',
  'Co.',
]);

/** Last words that only businesses have; words that are also last names are left out. */
export const BUSINESS_WORDS = words(`company foundation university hospital associates association partners partnership
holdings enterprises solutions consulting properties ministries industries agency institute society committee
department restaurant insurance services construction logistics technologies systems clinic bakery motors realty
ventures investments management center centre group club college academy council commission authority bureau fund
trust cooperative apartments hotel motel plumbing roofing landscaping trucking productions graphics software
laboratories pharmacy dental pediatrics orthopedics union federation alliance network schools offices firm studio
studios salon`);

/** Words that only businesses and offices have, wherever they stand. */
export const OFFICE_WORDS = words(`university foundation department committee association hospital institute ministry
ministries company corporation`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
