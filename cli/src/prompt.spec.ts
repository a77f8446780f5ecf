import { PassThrough } from 'node:stream';
import { answerTo } from './prompt.js';

describe('a question on the terminal', () => {
  const asked = (input: PassThrough) => answerTo('Sure? ', { input, output: new PassThrough(), interrupted: new AbortController().signal });

  it('takes a line', async () => {
    const input = new PassThrough();
    const answer = asked(input);
    input.write('14\n');
    await expect(answer).resolves.toBe('14');
  });

  it('is answered with nothing when the input ends', async () => {
    const input = new PassThrough();
    const answer = asked(input);
    input.end();
    await expect(answer).resolves.toBe('');
  });
});
