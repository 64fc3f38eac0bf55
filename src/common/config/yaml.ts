import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Alias,
  type CST,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { checkValue, using } from './check.ts';
import { buildValues, isKey, toSnakeCase, type KeyTree, type NamedKey } from './key.ts';
import { MAX_PROBLEMS, printable, type Problem } from './problem.ts';
import { KEYS, type ConfigOverlay } from './schema.ts';
import { sizeProblem } from './size.ts';
import { nearest } from './suggest.ts';
import { CREDENTIAL_NAME, RETIRED_KEYS, TABLE } from './table.ts';

/** What a configuration file says. */
export interface ParsedConfig {
  /** The good keys of the file, and only those. */
  readonly config: ConfigOverlay;
  /** Errors; each names the value that is used instead where nothing else sets the key. */
  readonly problems: readonly Problem[];
  /** Keys that the file sets and that do nothing in this version. */
  readonly notices: readonly Problem[];
}

/**
 * Reads a configuration file. Never throws, whatever the text is; time and memory grow in proportion to its length.
 *
 * A text that is not YAML gives no keys at all, since the rest of it may not mean what it seems to. A wrong or unknown
 * key in good YAML costs only that key.
 *
 * @param text contents of the file; more than 1 MB is refused (see `sizeProblem` for asking before reading)
 * @param file name of the file without its folder, for messages
 * @param options `mayBeProfiles`: a file without any section of a configuration holds profiles, under `profiles` or at
 * its top
 */
export function parseYamlConfig(
  text: string,
  file: string,
  options: { readonly mayBeProfiles?: boolean } = {},
): ParsedConfig {
  return new Reader(file, options.mayBeProfiles === true).read(text);
}

const KEY_BY_YAML = new Map(KEYS.map(key => [key.yaml, key]));
const PATHS_BY_NAME = new Map(KEYS.map(key => [key.yaml.slice(key.yaml.lastIndexOf('.') + 1), key.yaml]));

/** Tags that only repeat what a node is anyway. Any other asks for a type that a configuration does not have. */
const PLAIN_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

/** No key takes a list of more values than this; what follows in a longer one is not looked at. */
const LONGEST_LIST = 1025;

/**
 * Levels of groups and lists in a key that takes groups: classes, metrics, ranges; and members of each that are read, more
 * than there may be. Aliases could make more of them than the text has.
 */
const GROUP_DEPTH = 3;
const GROUP_WIDTH = 64;

/**
 * Levels of nesting that are read; a configuration has four. What comes after the parser is recursive, and running out
 * of stack can end the process instead of throwing.
 */
const DEEPEST = 64;

/**
 * Words, marks and line breaks that are read: many times what every key with its comments has. Within the size limit
 * there could be a million of them, which the library takes ten seconds and a gigabyte to read.
 */
const MOST_LEXEMES = 20_000;

/** Faults of the text to report: what follows the first is often only its consequence. */
const MOST_FAULTS = 3;

const WHOLE_FILE = 'the whole file is ignored';

class Reader {
  readonly #file: string;
  readonly #mayBeProfiles: boolean;
  readonly #lines = new LineCounter();
  readonly #problems: Problem[] = [];
  readonly #notices: Problem[] = [];
  readonly #values = new Map<NamedKey, unknown>();
  #unreported = 0;
  #document: Document | undefined;
  #anchors: Map<string, Node[]> | undefined;

  constructor(file: string, mayBeProfiles: boolean) {
    this.#mayBeProfiles = mayBeProfiles;
    this.#file = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  }

  read(text: string): ParsedConfig {
    const tooLarge = sizeProblem(text.length, this.#file);
    if (tooLarge) this.#problems.push(tooLarge);
    else this.#readText(text.startsWith('\uFEFF') ? text.slice(1) : text);
    if (this.#unreported > 0) {
      this.#problems.push(this.#at(undefined, '', `${String(this.#unreported)} more problems`, 'not listed'));
    }
    return {
      config: buildValues(KEYS, key => this.#values.get(key)),
      problems: this.#problems,
      notices: this.#notices,
    };
  }

  #readText(text: string): void {
    const nul = text.indexOf('\0');
    if (nul >= 0) {
      const before = text.slice(0, nul).split('\n');
      this.#problems.push({
        ...this.#at(undefined, '', 'is not a text file', WHOLE_FILE),
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
      });
      return;
    }
    const tokens = this.#parse(text);
    if (tokens) this.#readDocument(tokens, text.length);
  }

  /** The text as YAML's concrete syntax; `undefined`, and a problem, where it is too long or nested too deeply. */
  #parse(text: string): CST.Token[] | undefined {
    const tokens: CST.Token[] = [];
    const parser = new Parser(this.#lines.addNewLine);
    this.#lines.addNewLine(0);
    let count = 0;
    for (const lexeme of new Lexer().lex(text)) {
      if (++count > MOST_LEXEMES) {
        this.#problem(parser.offset, '', 'goes on far beyond what a configuration holds', WHOLE_FILE);
        return undefined;
      }
      for (const token of parser.next(lexeme)) tokens.push(token);
      if (parser.stack.length > DEEPEST) {
        this.#problem(parser.offset, '', 'is nested too deeply', WHOLE_FILE);
        return undefined;
      }
    }
    for (const token of parser.end()) tokens.push(token);
    return tokens;
  }

  #readDocument(tokens: readonly CST.Token[], end: number): void {
    const composer = new Composer({
      // The library compares each key with each other one, which takes minutes for a large map.
      uniqueKeys: false,
      schema: 'core',
    });
    const [document, second] = composer.compose(tokens, true, end);
    if (!document) return;
    this.#document = document;
    if (second) this.#problem(second.range[0], '', 'holds more than one document', 'only the first is used');
    const faults = document.errors;
    for (const fault of faults.slice(0, MOST_FAULTS)) {
      this.#problem(fault.pos[0], '', `is not YAML: ${faultMessage(fault.message)}`, WHOLE_FILE);
    }
    const root = document.contents;
    if (faults.length > 0 || isEmpty(root)) return;
    if (isMap(root) && !hasForeignTag(root)) this.#readRoot(root);
    else this.#problem(offsetOf(root), '', `must hold keys and values, not ${describe(root)}`, WHOLE_FILE);
  }

  #readRoot(root: YAMLMap): void {
    const names = root.items.map(({ key }) => nameOf(isNode(key) ? key : undefined));
    const profiles = KEY_BY_YAML.get('session_classification.profiles');
    const isConfig = Object.keys(TABLE).some(section => names.includes(toSnakeCase(section)));
    if (!this.#mayBeProfiles || isConfig || !profiles) {
      this.#readMap(root, TABLE, '');
      return;
    }
    const node = names.join() === 'profiles' ? root.items[0]?.value : root;
    this.#readKey(profiles, isNode(node) ? node : undefined, offsetOf(root));
  }

  #readMap(map: YAMLMap, tree: KeyTree, above: string): void {
    const known = new Map(Object.keys(tree).map(name => [toSnakeCase(name), name]));
    const seen = new Map<string, number>();
    for (const pair of map.items) {
      const node = isNode(pair.key) ? pair.key : undefined;
      const offset = offsetOf(node);
      const name = nameOf(node);
      const path = above === '' ? name : `${above}.${name}`;
      const property = known.get(name);
      const isRetired = RETIRED_KEYS.has(path);
      if (property === undefined && !isRetired) {
        this.#unknown(offset, path, name, [...known.keys()]);
        continue;
      }
      const first = seen.get(name);
      if (first !== undefined) {
        const line = String(this.#lines.linePos(first).line);
        this.#problem(offset, path, `is given again (first on line ${line})`, 'the first one is used');
        continue;
      }
      seen.set(name, offset ?? 0);
      if (isRetired) this.#notices.push(this.#at(offset, path, 'has no meaning here', 'ignored'));
      const below = property === undefined ? undefined : tree[property];
      if (below) this.#readValue(isNode(pair.value) ? pair.value : undefined, offset, below, path);
    }
  }

  #readValue(
    given: Node | undefined,
    keyOffset: number | undefined,
    below: KeyTree[string],
    path: string,
  ): void {
    const offset = offsetOf(given) ?? keyOffset;
    const key = isKey(below) ? KEY_BY_YAML.get(path) : undefined;
    const outcome = key ? using(key, key.initial) : 'ignored';
    const value = isAlias(given) ? this.#target(given) : given;
    if (value === undefined && isAlias(given)) {
      this.#problem(
        offset,
        path,
        `refers to *${printable(given.source)}, which is not defined above`,
        outcome,
      );
    } else if (hasForeignTag(value)) {
      this.#problem(
        offset,
        path,
        `has the type ${printable(value?.tag ?? '')}, which is not known here`,
        outcome,
      );
    } else if (key) {
      this.#readKey(key, value, offset);
    } else if (isMap(value) && !isKey(below)) {
      this.#readMap(value, below, path);
    } else if (!isEmpty(value)) {
      this.#problem(offset, path, `must be a group of keys, not ${describe(value)}`, outcome);
    }
  }

  #readKey(key: NamedKey, node: Node | undefined, offset: number | undefined): void {
    const salvaged = key.kind.salvage?.(this.#tree(node, GROUP_DEPTH));
    for (const { path, message } of salvaged?.issues ?? []) {
      const at = offsetOf(nodeAt(node, path)) ?? offset;
      this.#problem(at, [key.yaml, ...path].join('.'), message, 'ignored');
    }
    const checked = checkValue(key, salvaged?.value ?? this.#plain(node));
    if (!checked.ok) {
      this.#problem(offset, key.yaml, checked.message, using(key, key.initial));
      return;
    }
    this.#values.set(key, checked.value);
    if (checked.notice !== '') this.#notices.push(this.#at(offset, key.yaml, checked.notice, ''));
  }

  /** A node as a value with `depth` levels of groups and lists; what is deeper is empty. */
  #tree(given: Node | undefined, depth: number): unknown {
    const node = isAlias(given) ? this.#target(given) : given;
    if (isScalar(node)) return hasForeignTag(node) ? undefined : node.value;
    if (depth === 0 || !isCollection(node)) return undefined;
    if (isSeq(node))
      return node.items
        .slice(0, GROUP_WIDTH)
        .map(item => this.#tree(isNode(item) ? item : undefined, depth - 1));
    return Object.fromEntries(
      node.items
        .slice(0, GROUP_WIDTH)
        .filter(pair => isPair(pair))
        .map(({ key, value }) => [
          nameOf(isNode(key) ? key : undefined),
          this.#tree(isNode(value) ? value : undefined, depth - 1),
        ]),
    );
  }

  /** A node as a value, without what is inside the items of a list: no key takes lists of lists. */
  #plain(node: Node | undefined): unknown {
    if (isScalar(node)) return node.value;
    if (isMap(node)) return {};
    if (!isSeq(node)) return undefined;
    return node.items.slice(0, LONGEST_LIST).map(item => {
      const target = isAlias(item) ? this.#target(item) : item;
      if (isScalar(target)) return hasForeignTag(target) ? undefined : target.value;
      return isSeq(target) ? [] : {};
    });
  }

  /**
   * The node that an alias stands for: the last one above it with the anchor. One look-up table serves all aliases,
   * and nothing is ever expanded, so that anchors which multiply each other cost no more than their text.
   */
  #target(alias: Alias): Node | undefined {
    this.#anchors ??= anchorsOf(this.#document?.contents);
    const at = offsetOf(alias) ?? 0;
    return this.#anchors.get(alias.source)?.findLast(node => (offsetOf(node) ?? 0) < at);
  }

  #unknown(offset: number | undefined, path: string, name: string, siblings: readonly string[]): void {
    let message = 'unknown key';
    if (path.startsWith('cloud.') && CREDENTIAL_NAME.test(name))
      message =
        'credentials are not read from a file: take this out, change it where others could read it, and give it to `optimetrics sync login`';
    else if (this.#problems.length < MAX_PROBLEMS) {
      const near =
        nearest(name, siblings) ?? PATHS_BY_NAME.get(nearest(name, [...PATHS_BY_NAME.keys()]) ?? '');
      if (near !== undefined) message += `; did you mean ${near}?`;
    }
    this.#problem(offset, path, message, 'ignored');
  }

  #problem(offset: number | undefined, key: string, message: string, outcome: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(this.#at(offset, key, message, outcome));
    else this.#unreported++;
  }

  #at(offset: number | undefined, key: string, message: string, outcome: string): Problem {
    const place = offset === undefined ? undefined : this.#lines.linePos(offset);
    return {
      file: this.#file,
      line: place?.line ?? 0,
      column: place?.col ?? 0,
      key: printable(key, 120),
      message,
      outcome,
    };
  }
}

/** The value at `path` below a map, or the last one on the way to it. */
function nodeAt(node: Node | undefined, path: readonly string[]): Node | undefined {
  let at = node;
  for (const name of path) {
    const pair = isMap(at) ? at.items.find(({ key }) => isNode(key) && nameOf(key) === name) : undefined;
    if (!pair) break;
    at = isNode(pair.value) ? pair.value : isNode(pair.key) ? pair.key : at;
  }
  return at;
}

function offsetOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}

function isEmpty(node: Node | null | undefined): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function hasForeignTag(node: Node | undefined): boolean {
  return node?.tag !== undefined && !PLAIN_TAG.test(node.tag);
}

/** The library's words without what it quotes from the text, which may hold paths. */
function faultMessage(message: string): string {
  return printable(message.replace(/(?<=\w): .*/s, ''), 120);
}

function nameOf(node: Node | undefined): string {
  if (isScalar(node)) return String(node.value);
  return isAlias(node) ? `*${node.source}` : '?';
}

function describe(node: Node | null | undefined): string {
  if (isSeq(node)) return 'a list';
  if (isMap(node)) return `a value of the type ${printable(node.tag ?? '')}`;
  if (!isScalar(node)) return 'something else';
  // The text may be anything, also a path, when somebody names the wrong file.
  return typeof node.value === 'string' ? 'text' : printable(String(node.value));
}

/** All nodes with an anchor, by its name and in the order of the text. */
function anchorsOf(root: unknown): Map<string, Node[]> {
  const anchors = new Map<string, Node[]>();
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const at = rest.pop();
    if (isPair(at)) rest.push(at.key, at.value);
    if (isCollection(at)) for (const item of at.items) rest.push(item);
    if ((isScalar(at) || isCollection(at)) && at.anchor !== undefined) {
      const same = anchors.get(at.anchor);
      if (same) same.push(at);
      else anchors.set(at.anchor, [at]);
    }
  }
  for (const same of anchors.values()) same.sort((a, b) => (offsetOf(a) ?? 0) - (offsetOf(b) ?? 0));
  return anchors;
}
