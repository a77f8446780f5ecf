import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStore } from './folder.store.js';
import { objectStoreContract } from './object-store.contract.js';

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'caseledger-objects-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('object store contract', () => {
  for (const { name, run } of objectStoreContract('folder', async () => folderStore(join(await newFolder(), 'new', 'deep')))) it(name, run);
});

describe('folder store', () => {
  it('leaves no part file behind, neither after success nor after failure', async () => {
    const folder = await newFolder();
    const store = folderStore(folder);
    await store.put('tenants/t/a', Buffer.from('1'));
    await store.put('tenants/t/a', Buffer.from('2'), { ifNoneMatch: true });
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      throw new Error('cut');
    }
    await expect(store.put('tenants/t/b', failing())).rejects.toThrow('cut');
    expect(await readdir(join(folder, '.parts'))).toEqual([]);
  });

  it('sweeps the parts of killed puts once they are old, and nothing else', async () => {
    const folder = await newFolder();
    const store = folderStore(folder);
    await store.put('tenants/t/a', Buffer.from('kept'));
    await writeFile(join(folder, '.parts', 'old'), 'left by a killed put');
    await writeFile(join(folder, '.parts', 'young'), 'being written');
    const dayAgo = new Date(Date.now() - 86_400_000);
    await utimes(join(folder, '.parts', 'old'), dayAgo, dayAgo);
    expect(await store.sweep(3_600_000)).toBe(1);
    expect(await readdir(join(folder, '.parts'))).toEqual(['young']);
    expect((await store.read('tenants/t/a')).toString()).toBe('kept');
  });

  it('sweeps nothing where nothing was ever put', async () => {
    expect(await folderStore(join(await newFolder(), 'absent')).sweep(0)).toBe(0);
  });
});
