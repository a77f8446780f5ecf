import type { Rule } from './create-rule.js';
import { carefulSql } from './careful-sql.js';
import { honestSpecs } from './honest-specs.js';
import { maxFunctionLines } from './max-function-lines.js';
import { noEnvOutsideConfig } from './no-env-outside-config.js';
import { noInnerBarrels } from './no-inner-barrels.js';
import { noNamelessRooms } from './no-nameless-rooms.js';
import { oneWayPackages } from './one-way-packages.js';
import { pureDeciders } from './pure-deciders.js';

/** The rules ESLint knows as `caseledger/<name>`, all of them errors (STYLE §6). */
export const repositoryRules: Readonly<Record<string, Rule>> = {
  'careful-sql': carefulSql,
  'honest-specs': honestSpecs,
  'max-function-lines': maxFunctionLines,
  'no-env-outside-config': noEnvOutsideConfig,
  'no-inner-barrels': noInnerBarrels,
  'no-nameless-rooms': noNamelessRooms,
  'one-way-packages': oneWayPackages,
  'pure-deciders': pureDeciders,
};
