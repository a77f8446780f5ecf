import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@caseledger/testing';

/** A file system so small that a test can fill it. */
export interface SmallDisk {
  /** An empty folder on it, belonging to the account asked for. */
  readonly dir: string;
  /** Gives back the room a filler takes. */
  free(): void;
  remove(): void;
}

/**
 * A tmpfs of so many bytes, of which a filler takes some. Root mounts it; anybody else has it mounted by a process in
 * a namespace of its own and reaches it through that process's root.
 */
export async function smallDisk(bytes: number, fillerBytes: number, owner: { uid: number; gid: number }): Promise<SmallDisk> {
  const mountPoint = mkdtempSync(join(tmpdir(), 'caseledger-disk-'));
  const size = `size=${bytes}`;
  let keeper: ChildProcess | undefined;
  if (process.getuid?.() === 0) execFileSync('mount', ['-t', 'tmpfs', '-o', `${size},mode=0755`, 'tmpfs', mountPoint]);
  else keeper = await mountElsewhere(mountPoint, size);
  const root = keeper === undefined ? mountPoint : `/proc/${keeper.pid}/root${mountPoint}`;
  const dir = mkdtempSync(join(root, 'tablespace-'));
  if (keeper === undefined) chownSync(dir, owner.uid, owner.gid);
  const filler = join(root, 'filler');
  writeFileSync(filler, Buffer.alloc(fillerBytes));
  return {
    dir,
    free: () => rmSync(filler),
    remove: () => {
      if (keeper === undefined) execFileSync('umount', ['-l', mountPoint]);
      else keeper.kill('SIGKILL');
      rmdirSync(mountPoint);
    },
  };
}

async function mountElsewhere(mountPoint: string, size: string): Promise<ChildProcess> {
  const script = `mount -t tmpfs -o ${size},mode=0755 tmpfs '${mountPoint}' && exec sleep 600`;
  const keeper = spawn('unshare', ['-Urm', 'sh', '-c', script], { stdio: 'ignore' });
  await eventually(() => {
    if (keeper.exitCode !== null) throw new Error('No file system of a given size can be made here');
    return statSync(`/proc/${keeper.pid}/root${mountPoint}`).dev !== statSync(mountPoint).dev;
  });
  return keeper;
}
