import { accountsTopic } from '@caseledger/accounts';
import { casesTopics } from '@caseledger/cases';
import { contactsTopics } from '@caseledger/contacts';
import type { TopicPlan } from '@caseledger/event-streams';
import { importsTopics } from '@caseledger/imports';

const OF_OWNER = { accounts: [accountsTopic], contacts: contactsTopics, cases: casesTopics, imports: importsTopics };

/** Every topic of the services that exist, and whose log it carries (EVT-001). */
export const TOPICS: readonly (TopicPlan & { readonly source: string })[] = Object.entries(OF_OWNER).flatMap(([source, topics]) => topics.map(({ topic, partitions }) => ({ topic, partitions, source })));
