import { folderStore } from './folder.store.js';
import type { KeptObjects } from './object.store.js';
import type { S3Config } from './s3.calls.js';
import { s3Store } from './s3.store.js';

/** Where an installation keeps its objects. */
export type ObjectsConfig = { readonly kind: 'folder'; readonly dir: string } | ({ readonly kind: 's3' } & S3Config);

/** The store that the configuration names; nothing is asked of it yet. */
export function openObjects(config: ObjectsConfig): KeptObjects {
  if (config.kind === 's3') return s3Store(config);
  return { ...folderStore(config.dir), check: () => Promise.resolve(), close: () => undefined };
}
