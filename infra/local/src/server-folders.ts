import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { canEnter, type ServerAccount } from './run-as.js';

/**
 * Where the server's own files go. The rule: in the folder asked for, unless the server runs under another account
 * (we are root) and that account cannot enter it, as below a closed home folder. Then they go to a folder named after
 * the one asked for, in the machine's place for such state, so that they outlive a restart of the machine.
 */
export function reachableFolder(asked: string, account: ServerAccount | undefined): string {
  if (account === undefined || canEnter(account, dirname(resolve(asked)))) return resolve(asked);
  return join(stateRoot(), createHash('sha256').update(resolve(asked)).digest('hex').slice(0, 16));
}

/** A folder that any account can enter and only its owner can fill; we are root when this is asked. */
export function stateRoot(): string {
  for (const root of ['/var/lib/caseledger', join(tmpdir(), 'caseledger')]) {
    try {
      mkdirSync(root, { recursive: true, mode: 0o755 });
      return root;
    } catch {
      continue; // A read-only system folder: the next place is tried.
    }
  }
  throw new Error('Neither /var/lib nor the temporary folder can be written to.');
}

/** Makes a folder that belongs to the server's account alone. */
export function makeServerFolder(folder: string, account: ServerAccount | undefined): void {
  mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
}
