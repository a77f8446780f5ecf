/** Path with forward slashes, from the repository's root where the file lies in a package. */
export function tidyPath(filename: string): string {
  const path = filename.replaceAll('\\', '/');
  const inPackage = /(?:^|\/)((?:libs|services|infra)\/[^/]+\/.*|(?:gateway|cli|e2e|bench)\/(?:src|schema)\/.*)$/.exec(path);
  return inPackage?.[1] ?? path;
}

/** The last part of a path. */
export function baseName(filename: string): string {
  return tidyPath(filename).split('/').at(-1) ?? '';
}

/** Specs, and the files in `spec/` and `contract/` folders that only specs use. */
export function isTestFile(filename: string): boolean {
  const path = tidyPath(filename);
  return /\.spec\.ts$|\.contract\.ts$|\.fixture\.ts$|\/(?:spec|contract)\//.test(path) || /^(?:e2e|bench)\//.test(path);
}

/** Rules of an aggregate, its events and its workflow: pure by name (STYLE §6). */
export function isPureFile(filename: string): boolean {
  return /\.(?:events|decider|workflow)\.ts$/.test(filename);
}
