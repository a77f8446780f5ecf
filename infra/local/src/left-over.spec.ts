import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftOvers, leftOvers, readNote, stillRuns } from './left-over.js';
import { startedAt } from './server-process.js';

describe('what a killed launcher leaves', () => {
  it('ends exactly the processes of the note', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    const pid = child.pid ?? 0;
    const note = { pid: 1, processes: { worker: pid }, since: { worker: startedAt(pid) } };
    expect(leftOvers(note)).toEqual([{ pid, startedAt: startedAt(pid) }]);
    await endLeftOvers(leftOvers(note));
    expect(await ended).toBe('SIGTERM');
    expect(leftOvers(note)).toEqual([]);
  });

  it('leaves a stranger alone who got the number', () => {
    expect(leftOvers({ pid: 1, processes: { worker: process.pid }, since: { worker: 'long ago' } })).toEqual([]);
    expect(leftOvers({ pid: 1, processes: { worker: process.pid } })).toEqual([]);
    expect(stillRuns({ pid: process.pid, startedAt: startedAt(process.pid) })).toBe(true);
  });

  it('takes half a note for none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'left-over-'));
    try {
      writeFileSync(join(folder, 'note.json'), '{"pid": 12');
      expect(readNote(join(folder, 'note.json'))).toBeUndefined();
      expect(readNote(join(folder, 'none.json'))).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
