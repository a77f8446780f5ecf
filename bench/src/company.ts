import { eventually, RestSession } from '@caseledger/testing';
import { secondsBetween, type TimelineStep } from './timeline.js';

interface ImportView {
  readonly id: string;
  readonly state: string;
  readonly code: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly plan: { readonly hash: string } | null;
  readonly analysis: { readonly columns: readonly { readonly column: number; readonly target: string }[] } | null;
  readonly timeline: readonly TimelineStep[];
}

interface RevertView {
  readonly id: string;
  readonly state: string;
  readonly code: string | null;
  readonly hash: string | null;
  readonly records: number;
  readonly counts: Readonly<Record<string, number>> | null;
}

/** A million rows at a tenth of the speed asked for. */
const WAIT_MS = 3_000_000;
/** Often enough to tell seconds, seldom enough to cost the gateway nothing. */
const ASK_MS = 250;

/** The company whose files the benchmark imports, over REST as a script would. */
export class BenchCompany extends RestSession {
  /** Uploads a file, of clients unless said otherwise, and leaves it at its mapping, all columns as proposed. @returns the import's id and upload seconds. */
  async upload(pieces: Iterable<string>, options: Record<string, unknown>, type: 'CLIENTS' | 'CASES' = 'CLIENTS'): Promise<{ id: string; bytes: number; seconds: number }> {
    const content = Buffer.from([...pieces].join(''));
    const begun = performance.now();
    const { id } = await this.json<ImportView>('POST', '/api/imports', { type, fileName: `${type.toLowerCase()}.csv`, sizeBytes: content.length });
    await this.json('PUT', `/api/imports/${id}/file`, content);
    await this.json('POST', `/api/imports/${id}/file/complete`, {});
    const { analysis } = await this.until(id, 'MAPPING');
    const seconds = (performance.now() - begun) / 1000;
    const columns = (analysis?.columns ?? []).map(({ column, target }) => ({ column, target }));
    await this.json('POST', `/api/imports/${id}/mapping`, { columns });
    await this.json('POST', `/api/imports/${id}/options`, options);
    return { id, bytes: content.length, seconds };
  }

  /** @returns seconds from PLANNING to AWAITING_CONFIRMATION */
  async plan(id: string): Promise<number> {
    await this.json('POST', `/api/imports/${id}/plan`, {});
    const { timeline } = await this.until(id, 'AWAITING_CONFIRMATION');
    return secondsBetween(timeline, 'PLANNING', 'AWAITING_CONFIRMATION');
  }

  /** Confirms and starts. @returns seconds from the start, waiting for a place included, to COMPLETED, and the counts */
  async run(id: string): Promise<{ seconds: number; counts: Readonly<Record<string, number>> }> {
    const { plan } = await this.json<ImportView>('GET', `/api/imports/${id}`);
    await this.json('POST', `/api/imports/${id}/confirm`, { planHash: plan?.hash });
    await this.json('POST', `/api/imports/${id}/start`, { planHash: plan?.hash });
    const { timeline, counts } = await this.until(id, 'COMPLETED');
    return { seconds: secondsBetween(timeline, 'QUEUED', 'COMPLETED'), counts };
  }

  /** Previews a revert. @returns the revert's id, its records and seconds as the caller sees them */
  async previewRevert(importId: string): Promise<{ id: string; hash: string; records: number; seconds: number }> {
    const begun = performance.now();
    const { id } = await this.json<RevertView>('POST', `/api/imports/${importId}/revert`, {});
    const { hash, records } = await this.untilRevert(id, ['READY']);
    return { id, hash: hash ?? '', records, seconds: (performance.now() - begun) / 1000 };
  }

  /** Confirms a revert and waits for its end. @returns seconds as the caller sees them */
  async runRevert(id: string, previewHash: string): Promise<number> {
    const begun = performance.now();
    await this.json('POST', `/api/reverts/${id}/confirm`, { previewHash });
    await this.untilRevert(id, ['COMPLETED', 'COMPLETED_WITH_CONFLICTS']);
    return (performance.now() - begun) / 1000;
  }

  private until(id: string, wanted: string): Promise<ImportView> {
    return this.follow<ImportView>(`/api/imports/${id}`, [wanted], ['REJECTED', 'CANCELLED', 'FAILED', 'PAUSED_RESOURCE', 'PAUSED_ACCESS']);
  }

  private untilRevert(id: string, wanted: readonly string[]): Promise<RevertView> {
    return this.follow<RevertView>(`/api/reverts/${id}`, wanted, ['STALE', 'CANCELLED', 'FAILED']);
  }

  private follow<View extends { readonly state: string; readonly code: string | null }>(path: string, wanted: readonly string[], dead: readonly string[]): Promise<View> {
    return eventually(
      async () => {
        const view = await this.json<View>('GET', path);
        return wanted.includes(view.state) || dead.includes(view.state) ? view : undefined;
      },
      { deadlineMs: WAIT_MS, everyMs: ASK_MS },
    ).then((view) => {
      if (wanted.includes(view.state)) return view as View;
      throw new Error(`${path} is ${view.state}${view.code === null ? '' : ` (${view.code})`}, not ${wanted.join(' or ')}`);
    });
  }
}
