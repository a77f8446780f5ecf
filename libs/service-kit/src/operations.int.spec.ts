import { createRegistry } from './metrics.js';
import { openOperations } from './operations.js';

describe('the operations port', () => {
  it('tells live, started and ready apart, and gives metrics', async () => {
    let isUp = false;
    const port = await openOperations({ host: '127.0.0.1', port: 0, registry: createRegistry('accounts'), checks: [{ name: 'database', isReady: () => isUp }] });
    const ask = async (path: string): Promise<[number, string]> => {
      const answer = await fetch(`http://127.0.0.1:${port.port}${path}`);
      return [answer.status, await answer.text()];
    };
    expect(await ask('/health/live')).toEqual([200, '{"live":true}']);
    expect((await ask('/health/started'))[0]).toBe(503);
    port.started();
    expect(await ask('/health/ready')).toEqual([503, '{"ready":false,"checks":{"database":false}}']);
    isUp = true;
    expect((await ask('/health/ready'))[0]).toBe(200);
    port.stopping();
    expect((await ask('/health/ready'))[0]).toBe(503);
    expect((await ask('/metrics'))[1]).toContain('process_cpu_seconds_total');
    expect((await ask('/elsewhere'))[0]).toBe(404);
    await port.close();
  });
});
