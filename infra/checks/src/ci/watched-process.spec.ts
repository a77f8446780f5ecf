import { tmpdir } from 'node:os';
import { WatchedProcess } from './watched-process.js';

const watched = (code: string): WatchedProcess => new WatchedProcess(process.execPath, ['-e', code], { cwd: tmpdir() });

describe('a watched process', () => {
  it('is waited for by what it says, and stopped as by Ctrl-C', async () => {
    const server = watched("process.on('SIGINT', () => process.exit(7)); setInterval(() => {}, 1000); console.log('it is up');");
    await server.waitForOutput('is up', 10_000);
    expect(await server.interrupt(10_000)).toEqual({ code: 7, tookMs: expect.any(Number) });
  });

  it('that ends too early is told with its output, long before the deadline', async () => {
    await expect(watched("console.error('port taken'); process.exit(1)").waitForOutput('is up', 60_000)).rejects.toThrow('port taken');
  });

  it('that does not stop is killed', async () => {
    const server = watched("process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.log('it is up');");
    await server.waitForOutput('is up', 10_000);
    const { code, tookMs } = await server.interrupt(300);
    expect(code).toBeNull();
    expect(tookMs).toBeGreaterThanOrEqual(290);
  });
});
