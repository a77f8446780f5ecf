import { createRule } from './create-rule.js';
import { tidyPath } from './source-file.js';

const NAMELESS = ['shared', 'common', 'util', 'utils', 'helper', 'helpers', 'dto', 'dtos', 'entity', 'entities', 'manager', 'managers', 'base', 'misc'];

/** Folders and files are named for what they hold; a room for everything holds everything (DESIGN §2). */
export const noNamelessRooms = createRule(
  { room: '"{{name}}" names nothing: call it after what it holds.' },
  (context) => ({
    Program: (node) => {
      const words = tidyPath(context.filename).split('/').map((part) => part.replace(/\.[^.]+$/, ''));
      const inside = words.slice(words[0] === '' ? -2 : 0).flatMap((part) => part.split('.'));
      const name = inside.find((word) => NAMELESS.includes(word.toLowerCase()));
      if (name !== undefined) context.report({ node, messageId: 'room', data: { name } });
    },
  }),
);
