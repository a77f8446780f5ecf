import { lintSnippet } from './lint-snippet.js';
import { noNamelessRooms } from './no-nameless-rooms.js';

const lint = (filename: string): unknown[] => lintSnippet(noNamelessRooms, filename, 'export const one = 1;');

describe('rooms are named for what they hold', () => {
  it.each(['services/imports/src/utils/dates.ts', 'libs/shared/src/index.ts', 'libs/fields/src/field.helpers.ts', 'services/contacts/src/dto/contact.ts', 'gateway/src/common.ts'])(
    'refuses %s',
    (filename) => {
      expect(lint(filename)).toEqual(['room']);
    },
  );

  it('allows words that only contain such a name, and folders outside the repository', () => {
    expect(lint('services/imports/src/import/import.decider.ts')).toEqual([]);
    expect(lint('libs/matching/src/based-on.ts')).toEqual([]);
  });
});
