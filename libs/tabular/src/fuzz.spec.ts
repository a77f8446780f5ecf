import { isDomainError } from '@caseledger/errors';
import { readTable, textRow, workbookOf } from './table.fixture.js';

/** Small, repeatable random numbers (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SPLICES = ['"', '""', ',', ';', '\n', '\r', '\r\n', '\0', '\uFEFF', 'sep=;\n', '<', '>', '&#0;', '&amp;', '</row>', '<row r="1">', '<c r="A1" t="s"><v>0</v></c>', '<![CDATA[', '<!--', '<!DOCTYPE', "'", 'PK', '%PDF'].map((text) => Buffer.from(text));

function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let result = bytes;
  for (let change = random(3); change >= 0; change -= 1) {
    const at = random(result.length + 1);
    const splice = SPLICES[random(SPLICES.length)] ?? Buffer.alloc(0);
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    const kinds = [
      () => Buffer.concat([before, splice, after]),
      () => Buffer.concat([before, after.subarray(random(8))]),
      () => Buffer.concat([before, Buffer.from([random(256)]), after.subarray(1)]),
      () => Buffer.concat([before, after.subarray(0, random(40)), after]),
      () => before,
    ];
    result = kinds[random(kinds.length)]?.() ?? result;
  }
  return result;
}

/** Reads a file; answers its code, or OK after checking that the rows are those the facts promise. */
async function outcomeOf(bytes: Buffer, chunk: number): Promise<string> {
  try {
    const { facts, rows } = await readTable(bytes, { fileName: 'fuzz.csv', limits: { unpackedBytesMax: 10_000_000 } }, chunk);
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: facts.rows }, (_, index) => index + 1));
    expect(rows.every(({ cells }) => cells.length >= facts.columns.length)).toBe(true);
    return 'OK';
  } catch (error) {
    if (isDomainError(error)) return error.code;
    throw error;
  }
}

async function run(seeds: readonly Buffer[], count: number, seed: number): Promise<Map<string, number>> {
  const random = randomFrom(seed);
  const outcomes = new Map<string, number>();
  for (let round = 0; round < count; round += 1) {
    const bytes = mutated(seeds[random(seeds.length)] ?? Buffer.alloc(0), random);
    const outcome = await outcomeOf(bytes, 1 + random(300));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return outcomes;
}

describe('files nobody meant to make', () => {
  it('FIL-008: 9,200 damaged text files are read or refused with a code, never more', async () => {
    const seeds = ['Name,City,Note\nAnn,Springfield,"a ""b""\nc"\nBob,X,\n\nCid,Y,z\n', 'sep=;\nName;Born\r\n"Äda";1.2.2000\r\n', 'Name\tZip\n字\t02134\n'].map((text) => Buffer.from(text));
    seeds.push(Buffer.from('\uFEFFName,City\nAnn 😀,X\n', 'utf16le'));
    const outcomes = await run(seeds, 9_200, 1);
    expect(outcomes.get('OK')).toBeGreaterThan(3_000);
    expect(outcomes.has('QUOTE_UNCLOSED')).toBe(true);
  }, 60_000);

  it('FIL-008: 400 damaged archives and 400 damaged sheets as well', async () => {
    const table = `${textRow(1, 'Name', 'City')}<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="0"><v>1.5</v></c></row>`;
    const whole = await workbookOf({ sheets: [table], strings: '<si><t>Ann</t></si>' });
    const archives = await run([whole], 400, 2);
    expect([...archives.keys()].length).toBeGreaterThan(1);

    const random = randomFrom(3);
    const outcomes = new Set<string>();
    for (let round = 0; round < 400; round += 1) {
      const sheet = mutated(Buffer.from(table), random).toString('utf8');
      outcomes.add(await outcomeOf(await workbookOf({ sheets: [sheet], strings: '<si><t>Ann</t></si>' }), 1_000));
    }
    expect(outcomes).toContain('OK');
    expect(outcomes).toContain('FILE_CORRUPT');
  }, 60_000);
});
