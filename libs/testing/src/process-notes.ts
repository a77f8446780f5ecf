import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, startedAt } from '@caseledger/local';

/*
 * Processes that know of each other by files alone, each holding who wrote it. A file appears whole or not at all:
 * whoever reads half a note would take a living process for a dead one, and its databases for abandoned.
 */

const LOOK_AGAIN_MS = 25;

/**
 * Runs the work while no other process holds the lock; one whose holder died is taken over.
 * @throws Error when it is held for longer than the deadline
 */
export async function withFileLock<T>(lock: string, deadlineMs: number, work: () => Promise<T>, lookAgainMs = LOOK_AGAIN_MS): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  while (!tryLock(lock)) {
    if (Date.now() > deadline) throw new Error(`${lock} is held for ${deadlineMs / 1000} s already.`);
    await pause(lookAgainMs);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(self()));
  try {
    linkSync(mine, lock);
    return true;
  } catch {
    removeOfDead(lock);
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** One that is gone by now was given back, and what lies there next is somebody else's. */
function removeOfDead(lock: string): void {
  if (!isOfDead(readJson(lock))) return;
  const taken = `${lock}.${process.pid}.dead`;
  try {
    // Of all who saw the dead holder one moves its lock away; a later one might move a living holder's, and gives it back.
    renameSync(lock, taken);
    if (!isOfDead(readJson(taken))) linkSync(taken, lock);
  } catch {
    // Somebody else was faster.
  } finally {
    rmSync(taken, { force: true });
  }
}

/** Says in this folder that the process is there; it need not say when it leaves, since it can be seen to have ended. */
export function signUpIn(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const file = join(folder, String(process.pid));
  writeFileSync(`${file}.new`, JSON.stringify(self()));
  renameSync(`${file}.new`, file);
}

/** The processes that signed up and still live; the notes of dead ones are removed. */
export function livingIn(folder: string): Set<number> {
  const living = new Set<number>();
  for (const name of namesIn(folder).filter((one) => /^\d+$/.test(one))) {
    const note = readJson(join(folder, name));
    if (isOfDead(note)) rmSync(join(folder, name), { force: true });
    else if (note !== undefined) living.add(Number(name));
  }
  return living;
}

/** What a file holds; undefined when it is gone or no JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function self(): { pid: number; startedAt: string } {
  return { pid: process.pid, startedAt: startedAt(process.pid) ?? '' };
}

/** Whether a note was read and its writer has ended; of no note nothing is known. */
function isOfDead(note: unknown): boolean {
  if (note === undefined) return false;
  if (typeof note !== 'object' || note === null || !('pid' in note) || typeof note.pid !== 'number') return true;
  return !isAlive(note.pid) || !('startedAt' in note) || startedAt(note.pid) !== note.startedAt;
}
