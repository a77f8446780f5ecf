/** What a child process is given: our own environment and a few more settings. */
export function childEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}

/** What jest needs to run ES modules. */
export const JEST_OPTIONS = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' };
