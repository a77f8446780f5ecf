import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The account the database server runs under; undefined when it may run as the present one. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, and Debian and Alpine differ in which of these accounts they have. */
const ACCOUNTS = ['postgres', 'nobody'];

/**
 * Whom the server runs as: the present user, or, when that is root, the first unprivileged account of the machine.
 * @throws Error when root has no such account to drop to.
 */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ACCOUNTS) {
    const uid = numberFrom('id', ['-u', name]);
    const gid = numberFrom('id', ['-g', name]);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, uid, gid };
  }
  throw new Error(`PostgreSQL cannot run as root, and this machine has none of the users ${ACCOUNTS.join(', ')}.`);
}

/** Whether the account can walk into a folder: each existing folder on the way must let it pass. */
export function canEnter(account: ServerAccount | undefined, folder: string): boolean {
  if (account === undefined) return true;
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found !== undefined && !mayPass(account, found)) return false;
    if (dirname(at) === at) return true;
  }
}

function mayPass(account: ServerAccount, folder: { mode: number; uid: number; gid: number }): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

function numberFrom(command: string, args: string[]): number | undefined {
  try {
    return Number.parseInt(execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString(), 10);
  } catch {
    return undefined;
  }
}
