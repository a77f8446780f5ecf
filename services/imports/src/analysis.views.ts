import type { importsV1 } from '@caseledger/contracts';
import { isDomainError } from '@caseledger/errors';
import { analysisView, type StoredAnalysis } from './file/analyse.js';
import type { ImportObjects } from './objects/import-objects.js';
import type { ImportType } from './import/import.events.js';
import type { ImportView } from './projections/import-view.js';

interface Kept {
  readonly analysis: importsV1.Analysis;
  /** Of the stored findings, which the shown ones are about as large as. */
  readonly bytes: number;
}

/** All that is kept together; findings of many wide files are read again rather than held. */
const BYTES_MAX = 32 * 1024 * 1024;

/**
 * The findings of files as the contract shows them. They never change under their hash, and an import is looked at again
 * and again while it runs, so the last ones are kept; those of a file that is gone are not shown any more.
 */
export class AnalysisViews {
  /** In the order of their last use. */
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;

  constructor(private readonly objects: Pick<ImportObjects, 'get'>) {}

  /** Undefined before there are any, and after the file's retention time. */
  async of(tenant: string, { id, type, analysis, file }: ImportView): Promise<importsV1.Analysis | undefined> {
    if (analysis === null || !file.kept) return undefined;
    const key = `${tenant}/${id}/${analysis.sha256}`;
    const known = this.kept.get(key) ?? (await this.read(tenant, id, type, analysis.sha256));
    if (known === undefined) return undefined;
    this.keep(key, known);
    return known.analysis;
  }

  private async read(tenant: string, id: string, type: ImportType, sha256: string): Promise<Kept | undefined> {
    try {
      const bytes = await this.objects.get(tenant, id, 'analysis/facts', sha256);
      return { analysis: analysisView(JSON.parse(bytes.toString('utf8')) as StoredAnalysis, type), bytes: bytes.length };
    } catch (error) {
      if (isDomainError(error) && error.code === 'FILE_EXPIRED') return undefined;
      throw error;
    }
  }

  private keep(key: string, one: Kept): void {
    this.forget(key);
    this.kept.set(key, one);
    this.bytes += one.bytes;
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= BYTES_MAX) return;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.bytes -= this.kept.get(key)?.bytes ?? 0;
    this.kept.delete(key);
  }
}
