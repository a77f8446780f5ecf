import type { Session } from '../company.js';

/** A case as REST shows it. */
export interface CaseView {
  readonly id: string;
  readonly version: number;
  readonly number: string;
  readonly caseName: string;
  readonly caseType: string;
  readonly caseStatus: string;
  readonly intakeSource: string;
  readonly description?: string;
  readonly closedOn?: string;
  readonly keyDates: readonly { readonly at: string }[];
  readonly tags: readonly string[];
  readonly externalIds: readonly { readonly id: string }[];
  readonly contacts: readonly { readonly id: string; readonly role: string; readonly primary: boolean }[];
  readonly lists: readonly string[];
  readonly archived: boolean;
}

/** Every case, archived ones included. */
export async function allCases(company: Session): Promise<CaseView[]> {
  const all: CaseView[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { cases: CaseView[]; cursor: string | null; hasMore: boolean } = await company.json('GET', `/api/cases?archived=true&limit=500&cursor=${encodeURIComponent(cursor)}`);
    all.push(...page.cases);
    cursor = page.hasMore ? page.cursor : null;
  }
  return all;
}
