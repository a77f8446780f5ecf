import type { Fact } from '@caseledger/event-store';

export type CompanyKind = 'STANDARD' | 'DEMO';

/** What a company says of itself (ADM-001). */
export interface CompanyProfile {
  readonly name: string;
  readonly kind: CompanyKind;
  /** ISO 3166-1 alpha-2. */
  readonly defaultCountry: string;
  /** IANA name. */
  readonly timeZone: string;
  /** BCP 47. */
  readonly languages: readonly string[];
  /** Shown beside every error (ADM-004); may be a person's address, so it is sealed. */
  readonly supportContact: string;
}

/** Each fact holds the whole profile: a follower needs no earlier one to know where a company stands. */
export interface CompanyFact extends CompanyProfile {
  readonly suspended: boolean;
}

export type CompanyEvent =
  | Fact<'CompanyCreated', CompanyFact>
  | Fact<'CompanyChanged', CompanyFact>
  | Fact<'CompanySuspended', CompanyFact>
  | Fact<'CompanyResumed', CompanyFact>;
