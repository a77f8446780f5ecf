// The S3 server that specs run against: versitygw, built once by `go install` and kept outside of the repository. As a
// program it builds what is missing and prints the path; jest.s3.mjs asks whether it is there or can be built. Plain
// JavaScript, because jest's configuration is read before anything is compiled.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const VERSION = 'v1.8.0';
const BUILD_MS = 900_000;
const folder = join(homedir(), '.cache', 'caseledger', `versitygw-${VERSION}`);

export const versitygwPath = join(folder, 'versitygw');

/** Whether specs can have the server here. */
export function hasVersitygw() {
  if (existsSync(versitygwPath)) return true;
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Modules and objects of the build are some 2 GB of no further use: only the program is kept, under its name at last. */
function build() {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'build-'));
  try {
    const settings = [`GOPATH=${join(scratch, 'path')}`, `GOCACHE=${join(scratch, 'cache')}`, `GOBIN=${join(scratch, 'bin')}`, 'CGO_ENABLED=0', 'GOFLAGS=-modcacherw'];
    const install = ['go', 'install', '-trimpath', '-ldflags=-s -w', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`];
    execFileSync('env', [...settings, ...install], { stdio: ['ignore', 2, 2], timeout: BUILD_MS });
    renameSync(join(scratch, 'bin', 'versitygw'), versitygwPath);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!existsSync(versitygwPath)) build();
  process.stdout.write(`${versitygwPath}\n`);
}
