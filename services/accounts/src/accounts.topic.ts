import { accountFactsV1 } from '@caseledger/contracts';
import type { RawEvent, TopicDefinition } from '@caseledger/event-store';
import { grantsOf } from '@caseledger/service-kit';
import { CATEGORY } from './accounts.catalogue.js';

const { AccountChanged, CompanyChanged, MemberChanged } = accountFactsV1;

/** What others follow: who may do what in which company, and never who they are (SEC-012, EVT-005). */
export const accountsTopic: TopicDefinition = {
  topic: 'caseledger.accounts.v1',
  partitions: 12,
  categories: [CATEGORY.company, CATEGORY.user, CATEGORY.apiKey],
  encode,
};

/** Company events carry `CompanyChanged`, user events `MemberChanged`, all others `AccountChanged`. */
function encode({ category, stream, data }: RawEvent): Uint8Array {
  if (category === CATEGORY.company) {
    return CompanyChanged.encode({
      companyId: stream,
      suspended: data['suspended'] === true,
      kind: textOf(data['kind']),
      defaultCountry: textOf(data['defaultCountry']),
      timeZone: textOf(data['timeZone']),
    }).finish();
  }
  if (category === CATEGORY.user) {
    const roles = textsOf(data['roles']);
    return MemberChanged.encode({ userId: stream, active: data['active'] === true, roles, permissions: grantsOf(roles) }).finish();
  }
  return AccountChanged.encode({}).finish();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
