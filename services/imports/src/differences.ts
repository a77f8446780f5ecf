import type { contactsV1 } from '@caseledger/contracts';

/** A record between two of its versions. */
export type AskedVersions = contactsV1.RecordVersions;

/** The values of records before and after, asked of the service that has them. */
export type Differences = (tenant: string, records: readonly AskedVersions[]) => Promise<contactsV1.RecordDifferences[]>;

/** Records of one question. */
const RECORDS_AT_ONCE = 500;

/** Asks about many records part by part. */
export async function differencesInParts(
  records: readonly AskedVersions[],
  ask: (part: AskedVersions[]) => Promise<contactsV1.RecordDifferences[]>,
): Promise<contactsV1.RecordDifferences[]> {
  const found: contactsV1.RecordDifferences[] = [];
  for (let at = 0; at < records.length; at += RECORDS_AT_ONCE) {
    const part = records.slice(at, at + RECORDS_AT_ONCE).map(({ record, fromVersion, toVersion }) => ({ record, fromVersion, toVersion }));
    found.push(...(await ask(part)));
  }
  return found;
}

/** Effects whose record lies with cases; all others are contacts'. */
const OF_CASES: readonly string[] = ['CASE_', 'LIST_MEMBER_'];

/** Asks each service about its own records: which one it is, the kind of an effect says (LED-002). */
export function differencesByKind(ask: { readonly contacts: Differences; readonly cases: Differences }): EffectDifferences {
  return async (tenant, effects) => {
    const ofCase = (kind: string): boolean => OF_CASES.some((prefix) => kind.startsWith(prefix));
    const asked = effects.filter(({ fromVersion, toVersion }) => toVersion > fromVersion);
    const [contacts, cases] = [asked.filter(({ kind }) => !ofCase(kind)), asked.filter(({ kind }) => ofCase(kind))];
    const found = await Promise.all([
      contacts.length === 0 ? [] : ask.contacts(tenant, contacts),
      cases.length === 0 ? [] : ask.cases(tenant, cases),
    ]);
    return found.flat();
  };
}

/** What effects changed, whatever service has their records. */
export type EffectDifferences = (tenant: string, effects: readonly (AskedVersions & { readonly kind: string })[]) => Promise<contactsV1.RecordDifferences[]>;
