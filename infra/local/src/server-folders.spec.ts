import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter } from './run-as.js';
import { reachableFolder } from './server-folders.js';

const stranger = { name: 'stranger', uid: 61_234, gid: 61_234 };
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'caseledger-folders-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('the folder of the server', () => {
  it('is the one asked for, when the server is run by whoever asks', () => {
    expect(reachableFolder(join(home, 'postgres'), undefined)).toBe(join(home, 'postgres'));
  });

  it('is the one asked for, when the server’s account can enter it', () => {
    chmodSync(home, 0o711);
    mkdirSync(join(home, 'open'), { mode: 0o755 });
    expect(canEnter(stranger, join(home, 'open', 'not', 'there', 'yet'))).toBe(true);
    expect(reachableFolder(join(home, 'open', 'postgres'), stranger)).toBe(join(home, 'open', 'postgres'));
  });

  it('cannot be entered below a closed folder, however open it is itself', () => {
    mkdirSync(join(home, 'open'), { mode: 0o777 });
    chmodSync(home, 0o700);
    expect(canEnter(stranger, join(home, 'open'))).toBe(false);
  });
});
