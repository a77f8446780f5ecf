import { PassThrough } from 'node:stream';
import { CliError } from './cli-error.js';
import { Output } from './output.js';

function piped(): { output: Output; told: () => string[] } {
  const stream = new PassThrough();
  // Neither a terminal nor a file: what a pipe looks like to a program.
  const pipe = stream as unknown as NodeJS.WriteStream;
  return { output: new Output(false, pipe, pipe), told: () => String(stream.read() ?? '').split('\n').filter(Boolean) };
}

describe('the bar (RUN-002)', () => {
  it('is full only when the work is over, though every row may have its outcome before', () => {
    const { output, told } = piped();
    output.progress('Importing', 500, 1_000, '', false);
    output.progress('Importing', 1_000, 1_000, '', false);
    output.progress('Importing', 1_000, 1_000, '');
    expect(told()).toEqual(['Importing  50 %  500/1000', 'Importing  99 %  1000/1000', 'Importing 100 %  1000/1000']);
  });

  it('tells each tenth once where it cannot be redrawn', () => {
    const { output, told } = piped();
    for (let done = 0; done <= 100; done += 1) output.progress('Uploading', done, 100, '');
    expect(told()).toHaveLength(11);
  });
});

describe('how a command that failed says so', () => {
  it('names a code of the catalogue, and no code where there is none', () => {
    const { output, told } = piped();
    output.fail(new CliError('NOT_FOUND', 'Not found.'));
    output.fail(new CliError(null, '--set takes field=value, not x.', 2));
    expect(told()).toEqual(['NOT_FOUND: Not found.', '--set takes field=value, not x.']);
  });

  it('tells what is wrong with each field, and nothing twice', () => {
    const { output, told } = piped();
    const email = { field: 'email', code: 'EMAIL_INVALID', message: 'x is not an e-mail address.' };
    output.fail(new CliError('NOT_FOUND', 'Not found.', 1, [{ field: '', code: 'NOT_FOUND', message: 'Not found.' }, email]));
    expect(told()).toEqual(['NOT_FOUND: Not found.', '  email: EMAIL_INVALID x is not an e-mail address.']);
  });
});
