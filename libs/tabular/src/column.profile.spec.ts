import { readTable } from './table.fixture.js';
import type { ColumnFacts } from './file.facts.js';

async function profileOf(values: readonly string[]): Promise<ColumnFacts> {
  const text = `Value,End\n${values.map((value) => `"${value.replaceAll('"', '""')}",x\n`).join('')}`;
  const [column] = (await readTable(text)).facts.columns;
  if (column === undefined) throw new Error('no column');
  return column;
}

describe('column profile', () => {
  it('ANA-006: counts filled cells, values, lengths and samples over the whole file', async () => {
    const profile = await profileOf(['Springfield', ' Springfield ', '', 'Shelbyville', '\u00a0', 'Ogdenville', 'North Haverbrook']);
    expect(profile).toMatchObject({ filled: 5, lengthMin: 10, lengthMax: 16, distinctComplete: true, samples: ['Springfield', 'Shelbyville', 'Ogdenville'] });
    expect(profile.distinct[0]).toEqual({ text: 'Springfield', count: 2 });
    expect(profile.distinct).toHaveLength(4);
  });

  it('ANA-006: keeps the first 1,000 values with their counts and says that there are more', async () => {
    const profile = await profileOf([...Array.from({ length: 1_500 }, (_, index) => `v${index}`), 'v0', 'v0', 'v1499']);
    expect(profile.distinct).toHaveLength(1_000);
    expect(profile.distinct[0]).toEqual({ text: 'v0', count: 3 });
    expect(profile).toMatchObject({ distinctComplete: false, filled: 1_503 });
  });

  it('bounds what it keeps of long values', async () => {
    const profile = await profileOf(Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(1_000)}`));
    expect(profile.distinct.length).toBeLessThan(70);
    expect(profile.distinctComplete).toBe(false);
    expect(profile.samples.every((sample) => sample.length <= 200)).toBe(true);
  });

  it.each([
    ['EMAIL', ['ann@example.test', 'bob.b@mail.example.test', '1cid@example.test']],
    ['PHONE', ['(555) 010-1234', '+49 30 1234567', '555.010.9999', '5550101234', '555-010-1234 x12']],
    ['DATE', ['2024-01-05', '2023-12-31 10:00']],
    ['DATE', ['Jan 5, 2024', '5 March 2023']],
    ['NUMBER', ['12', '-3.5', '1,234.50', '7%']],
    ['YES_NO', ['yes', 'No', 'Y', 'TRUE']],
    ['TEXT', ['Main Street 5', '12 Elm Road', 'PO Box 7']],
  ])('ANA-006: finds %s', async (type, values) => {
    expect((await profileOf(values)).type.value).toBe(type);
  });

  it('ANA-006: few values that repeat are a choice', async () => {
    expect((await profileOf(['Open', 'Closed', 'Open', 'Open', 'Closed', 'Open', 'Open', 'Closed'])).type.value).toBe('CHOICE');
  });

  it.each([
    ['UNPROVEN', ['01/02/2024', '03/04/2024']],
    ['DMY', ['01/02/2024', '13/02/2024']],
    ['MDY', ['01/02/2024', '02/13/2024']],
    ['MIXED', ['13/02/2024', '02/13/2024']],
    ['YMD', ['2024-02-01', '2024-02-13']],
  ])('ANA-006: the order of day and month is %s', async (order, values) => {
    expect((await profileOf(values)).dateOrder).toBe(order);
  });
});
