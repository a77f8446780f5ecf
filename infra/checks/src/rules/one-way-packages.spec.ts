import { lintSnippet } from './lint-snippet.js';
import { LIBRARY_ORDER, oneWayPackages } from './one-way-packages.js';

const lint = (filename: string, to: string): unknown[] => lintSnippet(oneWayPackages, filename, `import { one } from '@caseledger/${to}'; one();`);

describe('packages depend one way', () => {
  it('lets a library import those before it and none after it', () => {
    LIBRARY_ORDER.forEach((from, place) => {
      const refused = LIBRARY_ORDER.filter((to) => lint(`libs/${from}/src/a.ts`, to).length > 0);
      expect(refused).toEqual(LIBRARY_ORDER.slice(place + 1));
    });
  });

  it.each([
    ['service', 'services/contacts/src/a.ts', 'imports'],
    ['service', 'services/contacts/src/a.spec.ts', 'imports'],
    ['service', 'libs/service-kit/src/a.ts', 'accounts'],
    ['service', 'gateway/src/a.ts', 'contacts'],
    ['upward', 'libs/event-store/src/a.ts', 'gateway'],
    ['testing', 'services/contacts/src/a.ts', 'testing'],
    ['testing', 'libs/event-store/src/a.ts', 'testing'],
    ['testing', 'services/contacts/src/a.ts', 'local'],
  ])('refuses as %s: %s imports %s', (fault, filename, to) => {
    expect(lint(filename, to)).toEqual([fault]);
  });

  it.each([
    ['infra/processes/src/all-in-one.ts', 'imports'],
    ['services/contacts/src/a.ts', 'event-store'],
    ['libs/event-store/src/a.int.spec.ts', 'testing'],
    ['libs/event-streams/src/contract/scene.ts', 'testing'],
    ['libs/testing/src/a.ts', 'local'],
    ['e2e/src/a.e2e.spec.ts', 'testing'],
  ])('allows %s to import %s', (filename, to) => {
    expect(lint(filename, to)).toEqual([]);
  });

  it('sees dynamic imports and re-exports', () => {
    expect(lintSnippet(oneWayPackages, 'services/contacts/src/a.ts', "export * from '@caseledger/imports';")).toEqual(['service']);
    expect(lintSnippet(oneWayPackages, 'services/contacts/src/a.ts', "void import('@caseledger/imports');")).toEqual(['service']);
  });
});
