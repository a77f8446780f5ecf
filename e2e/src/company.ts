import { eventually, foundCompany, Refused, RestSession, signedIn, type Json, type Network } from '@caseledger/testing';

export interface Counts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly held: number;
}

export interface ImportView extends Json {
  readonly id: string;
  readonly state: string;
  readonly status: string | null;
  readonly code: string | null;
  readonly counts: Counts;
  readonly plan: { readonly hash: string; readonly counts: Counts } | null;
  readonly analysis: { readonly columns: { readonly column: number; readonly header: string; readonly target: string }[] } | null;
}

export interface RowView {
  readonly row: number;
  readonly outcome: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly issues: { readonly code: string; readonly severity: string; readonly column: string | null; readonly message: string }[];
  readonly changes: { readonly record: string; readonly field: string; readonly before: unknown; readonly after: unknown }[];
  readonly match: { readonly verdict: string; readonly record: string; readonly records: readonly string[]; readonly earlierRow: number } | null;
  readonly decision: { readonly action: string; readonly record: string; readonly decidedBy: string } | null;
  readonly effects: { readonly kind: string; readonly record: string; readonly fromVersion: number; readonly toVersion: number }[];
}

export interface RevertView extends Json {
  readonly id: string;
  readonly state: string;
  readonly hash: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

const WAIT_MS = 120_000;
/** Often enough for people, seldom enough that asking does not slow down what is waited for. */
const ASK_MS = 60;

/** A signed-in user of a company, over REST and GraphQL. */
export class Session extends RestSession {
  async graphql<Answer = Json>(query: string, variables: Json = {}): Promise<Answer> {
    const answer = await this.json<{ data: Answer; errors?: { message: string; extensions: { code: string } }[] }>('POST', '/graphql', { query, variables });
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw new Refused(200, error.extensions.code, { message: error.message });
    return answer.data;
  }

  importView(id: string): Promise<ImportView> {
    return this.json('GET', `/api/imports/${id}`);
  }

  /** Waits until the import is in one of these states. */
  async until(id: string, states: readonly string[], deadlineMs = WAIT_MS): Promise<ImportView> {
    return eventually(
      async () => {
        const now = await this.importView(id);
        if (states.includes(now.state)) return now;
        throw new Error(`The import is ${now.state}${now.code === null ? '' : ` (${now.code})`}, not ${states.join(' or ')}`);
      },
      { deadlineMs, everyMs: ASK_MS },
    );
  }

  /** Uploads and waits for the analysis. */
  async upload(content: string | Buffer, fileName: string, given: Json = {}): Promise<ImportView> {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
    const { id } = await this.json<ImportView>('POST', '/api/imports', { type: 'CLIENTS', fileName, sizeBytes: bytes.length, ...given });
    await this.json('PUT', `/api/imports/${id}/file`, bytes);
    await this.json('POST', `/api/imports/${id}/file/complete`, {});
    return this.until(id, ['MAPPING', 'REJECTED', 'COMPLETED', 'RUNNING']);
  }

  /** Upload, proposed mapping, options, plan: up to the confirmation. */
  async plan(content: string | Buffer, options: Json = {}, fileName = 'clients.csv'): Promise<ImportView> {
    const item = await this.upload(content, fileName);
    if (item.state === 'REJECTED') return item;
    return this.planMapped(item, options);
  }

  async planMapped(item: ImportView, options: Json): Promise<ImportView> {
    const columns = (item.analysis?.columns ?? []).map(({ column, target }) => ({ column, target }));
    await this.json('POST', `/api/imports/${item.id}/mapping`, { columns });
    if (Object.keys(options).length > 0) await this.json('POST', `/api/imports/${item.id}/options`, options);
    await this.json('POST', `/api/imports/${item.id}/plan`, {});
    return this.until(item.id, ['AWAITING_CONFIRMATION', 'MAPPING']);
  }

  /** Confirms and starts a planned import. */
  async begin(item: ImportView): Promise<void> {
    await this.json('POST', `/api/imports/${item.id}/confirm`, { planHash: item.plan?.hash });
    await this.json('POST', `/api/imports/${item.id}/start`, { planHash: item.plan?.hash });
  }

  /** The whole import, to its end. */
  async import(content: string | Buffer, options: Json = {}, fileName = 'clients.csv'): Promise<ImportView> {
    const planned = await this.plan(content, options, fileName);
    if (planned.state !== 'AWAITING_CONFIRMATION') return planned;
    await this.begin(planned);
    return this.until(planned.id, ['COMPLETED', 'CANCELLED', 'FAILED']);
  }

  async rows(id: string, of: 'plan' | 'ledger' = 'ledger', query = ''): Promise<RowView[]> {
    const all: RowView[] = [];
    for (let cursor: number | null = 0; cursor !== null; ) {
      const page: { rows: RowView[]; cursor: number; hasMore: boolean } = await this.json('GET', `/api/imports/${id}/rows?of=${of}&limit=500&cursor=${cursor}${query}`);
      all.push(...page.rows);
      cursor = page.hasMore ? page.cursor : null;
    }
    return all;
  }

  async contacts(filter: Json = {}): Promise<Json[]> {
    const all: Json[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: { contacts: { nodes: Json[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } = await this.graphql(
        `query ($filter: ContactFilter, $after: String) { contacts(filter: $filter, first: 200, after: $after, sort: { by: CREATED }) { pageInfo { hasNextPage endCursor }
          nodes { id version name firstName lastName jobTitle status client archived archivedReason review tags phones { label number extension primary } emails { label address primary } } } }`,
        { filter, after },
      );
      all.push(...page.contacts.nodes);
      after = page.contacts.pageInfo.endCursor;
      more = page.contacts.pageInfo.hasNextPage;
    }
    return all;
  }

  /** Preview and confirmation of a revert, to its end. */
  async revert(importId: string, input: Json = {}): Promise<RevertView> {
    const asked = await this.json<RevertView>('POST', `/api/imports/${importId}/revert`, input);
    return this.confirmRevert(asked.id);
  }

  async restore(revertId: string): Promise<RevertView> {
    const asked = await this.json<RevertView>('POST', `/api/reverts/${revertId}/restore`, {});
    return this.confirmRevert(asked.id);
  }

  async confirmRevert(id: string): Promise<RevertView> {
    const ready = await this.untilRevert(id, ['READY']);
    await this.json('POST', `/api/reverts/${id}/confirm`, { previewHash: ready.hash });
    return this.untilRevert(id, ['COMPLETED', 'COMPLETED_WITH_CONFLICTS']);
  }

  async untilRevert(id: string, states: readonly string[], deadlineMs = WAIT_MS): Promise<RevertView> {
    return eventually(
      async () => {
        const now = await this.json<RevertView>('GET', `/api/reverts/${id}`);
        if (states.includes(now.state)) return now;
        throw new Error(`The revert is ${now.state}, not ${states.join(' or ')}`);
      },
      { deadlineMs, everyMs: ASK_MS },
    );
  }
}

/** A new company with its owner signed in; companies of one network share nothing. */
export async function newCompany(network: Pick<Network, 'address' | 'environment'>, kind = 'STANDARD'): Promise<Session> {
  return new Session(network, await foundCompany(network, kind));
}

export async function signIn(network: Network, email: string, password: string): Promise<Session> {
  return new Session(network, await signedIn(network, email, password));
}
