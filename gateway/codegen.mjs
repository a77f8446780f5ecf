// Resolver types from the SDL, so that no shape of the schema is written a second time. Run by `npm run generate`.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { buildSchema, parse, printSchema } from 'graphql';

const folder = new URL('./schema/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.graphql')).sort();
const sdl = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
const schema = buildSchema(sdl);

const both = {
  useTypeImports: true,
  enumsAsTypes: true,
  maybeValue: 'T | null | undefined',
  scalars: { DateTime: 'string', Date: 'string', JSON: 'unknown', ID: 'string' },
  contextType: '../graphql/graphql-context.js#GraphqlContext',
};

// Parents are what the services answer, not the GraphQL objects: a resolver turns one into the other.
const mappers = {
  Case: '@caseledger/contracts#casesV1.Case',
  CaseList: '@caseledger/contracts#casesV1.CaseList',
  CaseType: '@caseledger/contracts#casesV1.CaseType',
  Contact: '@caseledger/contracts#contactsV1.Contact',
  Import: '@caseledger/contracts#importsV1.Import',
  Revert: '@caseledger/contracts#importsV1.Revert',
  User: '@caseledger/contracts#accountsV1.User',
};

const output = await codegen({
  filename: 'resolvers.ts',
  schema: parse(printSchema(schema)),
  documents: [],
  config: {},
  plugins: [{ typescript: both }, { resolvers: { ...both, mappers } }],
  pluginMap: { typescript, resolvers },
});

mkdirSync(new URL('./src/gen/', import.meta.url), { recursive: true });
writeFileSync(new URL('./src/gen/resolvers.ts', import.meta.url), `/* Generated from gateway/schema. */\n${output}`);
writeFileSync(new URL('./src/gen/schema.ts', import.meta.url), `/* Generated from gateway/schema. */\nexport const schemaText = ${JSON.stringify(printSchema(schema))};\n`);
