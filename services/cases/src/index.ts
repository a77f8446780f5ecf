export { readCasesConfig, type CasesConfig, type CasesDatabases } from './config.js';
export { caseTarget, type CaseTargetDeps } from './case.target.js';
export { openCases, rebuildCases, startCases, type OpenCases, type RunningCases } from './cases.service.js';
export { casesViews, openCasesStore, type CasesStore, type CasesStoreOptions } from './cases.store.js';
export { caseRunsTopic, casesTopic, casesTopics } from './cases.topic.js';
export { casesMigrations } from './migrations/cases.migrations.js';
