import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Secrets of one installation by name; kept apart from the data they open, readable by their owner alone. */
export type Keys = Readonly<Record<string, string>>;

/** The keys of a file; none when it does not exist. @throws Error when it is not a file of keys. */
export function readKeys(file: string): Keys {
  if (!existsSync(file)) return {};
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof read !== 'object' || read === null) throw new Error(`${file} is not a file of keys.`);
  const pairs = Object.entries(read).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(pairs);
}

/**
 * The keys of these names, made and stored where the file lacks them (32 random bytes, base64url).
 * The file is replaced whole, so a crash leaves the old one or the new one.
 */
export function ensureKeys(file: string, names: readonly string[]): Keys {
  const kept = readKeys(file);
  const missing = names.filter((name) => kept[name] === undefined);
  if (missing.length === 0) return kept;
  const made = missing.map((name): [string, string] => [name, randomBytes(32).toString('base64url')]);
  const keys = { ...kept, ...Object.fromEntries(made) };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}
