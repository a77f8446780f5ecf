import { brokenAmong } from './broken-rows.js';

const items = Array.from({ length: 500 }, (_, at) => at);

function counting(isBroken: (given: readonly number[]) => boolean) {
  const asked = { times: 0 };
  const fails = (given: readonly number[]): Promise<boolean> => {
    asked.times += 1;
    return Promise.resolve(isBroken(given));
  };
  return { asked, fails };
}

describe('the search for broken rows (RUN-007)', () => {
  it('asks once when nothing is broken', async () => {
    const { asked, fails } = counting(() => false);
    expect(await brokenAmong(items, fails)).toEqual(new Set());
    expect(asked.times).toBe(1);
  });

  it.each([[[0]], [[499]], [[137]], [[3, 4, 498]]])('finds %j', async (broken) => {
    const { asked, fails } = counting((given) => given.some((item) => broken.includes(item)));
    expect(await brokenAmong(items, fails)).toEqual(new Set(broken));
    expect(asked.times).toBeLessThan(11 * (broken.length + 1));
  });

  it('blames the later of two rows that fail only together', async () => {
    const { fails } = counting((given) => given.includes(10) && given.includes(20));
    expect(await brokenAmong(items, fails)).toEqual(new Set([20]));
  });
});
