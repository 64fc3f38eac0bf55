import { builtinModules } from 'node:module';
import path from 'node:path';
import { ROOT } from './paths.mjs';

/**
 * A folder of code and what it may import besides itself. `*` in a folder stands for every folder there, each a room of
 * its own. A file is in the room with the longest folder.
 *
 * @typedef {object} Room
 * @property {string} folder
 * @property {readonly string[]} may other folders and files of ours
 * @property {boolean} [node] whether it may import Node's own modules; it may unless this is false
 */

/**
 * The walls of the house.
 *
 * @typedef {object} Walls
 * @property {readonly Room[]} rooms
 * @property {Record<string, readonly string[]>} packages packages that are not for everyone: the folders and files that
 *   may import them
 */

/** @typedef {import('eslint').Rule.RuleModule} RuleModule */
/** @typedef {import('eslint').Rule.RuleContext} RuleContext */

const BUILTINS = new Set(builtinModules);

/**
 * Lint rule: an import through a wall. It takes the {@link Walls} as its option.
 *
 * @type {RuleModule}
 */
export const walls = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object' }],
    messages: {
      room: '{{from}} may not import {{to}}. It may import: {{may}}.',
      node: '{{from}} runs without Node and may not import {{to}}.',
      package: '{{to}} may be imported only by: {{may}}.',
    },
  },
  create(context) {
    const look = (/** @type {unknown} */ source) => {
      if (isNode(source)) check(context, source);
    };
    return {
      ImportDeclaration: node => {
        look(node.source);
      },
      ExportNamedDeclaration: node => {
        look(node.source);
      },
      ExportAllDeclaration: node => {
        look(node.source);
      },
      ImportExpression: node => {
        look(node.source);
      },
      TSImportType: (/** @type {{ source: unknown }} */ node) => {
        look(node.source);
      },
      TSExternalModuleReference: (/** @type {{ expression: unknown }} */ node) => {
        look(node.expression);
      },
      CallExpression: node => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') look(node.arguments[0]);
      },
    };
  },
};

/** @typedef {import('estree').Node} Node */

/**
 * @param {unknown} value
 * @returns {value is Node}
 */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/**
 * @param {Node} source
 * @returns {string | undefined} undefined for what is only known at run time
 */
function textOf(source) {
  if (source.type === 'Literal' && typeof source.value === 'string') return source.value;
  if (source.type === 'TemplateLiteral')
    return source.quasis.length === 1 ? source.quasis[0]?.value.raw : undefined;
  return undefined;
}

/**
 * @param {RuleContext} context
 * @param {Node} source what is imported
 */
function check(context, source) {
  const { rooms, packages } = /** @type {Walls} */ (context.options[0]);
  const file = relative(context.filename);
  const here = roomOf(file, rooms);
  const report = (
    /** @type {string} */ messageId,
    /** @type {string} */ to,
    /** @type {readonly string[]} */ may,
  ) => {
    const list = may.length === 0 ? 'nothing of ours' : may.join(', ');
    context.report({ node: source, messageId, data: { from: here?.folder ?? file, to, may: list } });
  };

  const to = textOf(source);
  if (to === undefined) return;
  if (to.startsWith('.')) {
    if (here === undefined) return;
    const target = relative(path.resolve(path.dirname(context.filename), to));
    if (roomOf(target, rooms)?.folder !== here.folder && !isIn(target, here.may))
      report('room', target, here.may);
  } else if (to.startsWith('node:') || BUILTINS.has(to)) {
    if (here?.node === false) report('node', to, []);
  } else {
    const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    const may = packages[name];
    if (may !== undefined && !isIn(file, may)) report('package', to, may);
  }
}

/**
 * @param {string} file from the root, with slashes
 * @param {readonly Room[]} rooms
 * @returns {Room | undefined} with the real folder in place of one with `*`
 */
function roomOf(file, rooms) {
  /** @type {Room | undefined} */
  let found;
  for (const room of rooms) {
    const folder = new RegExp(`^${room.folder.replaceAll('*', '[^/]+')}(?=/)`).exec(file)?.[0];
    if (folder !== undefined && folder.length > (found?.folder.length ?? 0)) found = { ...room, folder };
  }
  return found;
}

/**
 * @param {string} file
 * @param {readonly string[]} places folders and files
 */
const isIn = (file, places) => places.some(place => file === place || file.startsWith(`${place}/`));

/** @param {string} file */
const relative = file => path.relative(ROOT, file).split(path.sep).join('/');
