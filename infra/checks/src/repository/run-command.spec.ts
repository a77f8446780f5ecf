import { tmpdir } from 'node:os';
import { runCommand } from './run-command.js';

const run = (code: string, deadlineMs = 20_000): ReturnType<typeof runCommand> => runCommand(process.execPath, ['-e', code], { cwd: tmpdir(), deadlineMs });

describe('a command', () => {
  it('gives its code and what it wrote to both outputs', async () => {
    const result = await run("console.log('one'); console.error('two'); process.exitCode = 3;");
    expect(result).toMatchObject({ code: 3, timedOut: false });
    expect(result.output.split('\n').sort()).toEqual(['', 'one', 'two']);
  });

  it('is ended at its deadline with everything it started', async () => {
    const grandchild = "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); setInterval(() => {}, 1000);";
    // The grandchild holds our pipe open: only when it has ended as well does the command end for us.
    expect(await run(grandchild, 500)).toMatchObject({ code: null, timedOut: true });
  });

  it('keeps only the end of a very long output', async () => {
    const { output } = await run("process.stdout.write('x'.repeat(3_000_000) + 'end')");
    expect(output).toHaveLength(2_000_000);
    expect(output.endsWith('end')).toBe(true);
  });

  it('that does not exist is an error', async () => {
    await expect(runCommand('no-such-program-anywhere', [], { cwd: tmpdir(), deadlineMs: 1_000 })).rejects.toThrow('ENOENT');
  });
});
