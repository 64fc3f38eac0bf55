import type { TokenKind } from './tokens.ts';

/** What stands behind the colon of a token; all left out where nothing does. */
export interface TokenFormat {
  /** How to write it: one of the words that its kind allows. */
  readonly word?: string;
  /** Digits after the decimal point. */
  readonly decimals?: number;
  /** Samples that a sparkline shows; set where it is one. */
  readonly cells?: number;
}

/** Samples that a sparkline shows where no number stands behind the word. */
export const SPARK_CELLS = 8;
/** Most that it can show. */
export const MOST_SPARK_CELLS = 60;
/** Most digits after the decimal point. */
export const MOST_DECIMALS = 2;

/** What a kind of token can be written as. */
interface Formats {
  /** Words that may be followed by decimals. */
  readonly numbers: readonly string[];
  /** Words that stand alone. */
  readonly words: readonly string[];
  readonly hasDecimals: boolean;
  readonly hasSpark: boolean;
}

function numeric(numbers: readonly string[], { bar = false, spark = true } = {}): Formats {
  return { numbers, words: bar ? ['bar'] : [], hasDecimals: true, hasSpark: spark };
}

function words(...list: readonly string[]): Formats {
  return { numbers: [], words: list, hasDecimals: false, hasSpark: false };
}

const FORMATS: Readonly<Record<TokenKind, Formats>> = {
  percent: numeric(['number'], { bar: true }),
  share: numeric(['number', 'gib', 'mib'], { bar: true }),
  size: numeric(['gib', 'mib'], { spark: false }),
  temperature: numeric(['number', 'c', 'f']),
  power: numeric(['number']),
  frequency: numeric(['number', 'ghz', 'mhz']),
  diskRate: numeric(['number', 'mb', 'mib']),
  netRate: numeric(['number', 'mbit', 'mb']),
  load: numeric([]),
  count: { ...words(), hasSpark: true },
  class: words('icon', 'short', 'name'),
  machine: words('full'),
  word: words(),
};

/** Reads a format of a token of this kind; `undefined` where it has no such format. */
export function parseFormat(kind: TokenKind, text: string): TokenFormat | undefined {
  const { numbers, words, hasDecimals, hasSpark } = FORMATS[kind];
  if (words.includes(text)) return { word: text };
  const spark = /^spark([1-9]\d?)?$/.exec(text);
  if (spark) {
    const cells = spark[1] === undefined ? SPARK_CELLS : Number(spark[1]);
    return hasSpark && cells <= MOST_SPARK_CELLS ? { word: 'spark', cells } : undefined;
  }
  const [, word = '', digit] = /^([a-z]*)(?:\.(\d))?$/.exec(text) ?? ['', ' '];
  if (text === '' || (word !== '' && !numbers.includes(word))) return undefined;
  if (digit !== undefined && (!hasDecimals || Number(digit) > MOST_DECIMALS)) return undefined;
  return {
    ...(word === '' ? {} : { word }),
    ...(digit === undefined ? {} : { decimals: Number(digit) }),
  };
}

/** The formats of a kind, as one writes them: `.0 to .2`, `number`, `spark`. */
export function formatNames(kind: TokenKind): readonly string[] {
  const { numbers, words, hasDecimals, hasSpark } = FORMATS[kind];
  return [
    ...(hasDecimals ? [`.0`, `.${String(MOST_DECIMALS)}`] : []),
    ...numbers,
    ...words,
    ...(hasSpark ? ['spark', `spark${String(MOST_SPARK_CELLS)}`] : []),
  ];
}

/** A regular expression for exactly what {@link parseFormat} takes; empty for a kind without formats. */
export function formatPattern(kind: TokenKind): string {
  const { numbers, words, hasDecimals, hasSpark } = FORMATS[kind];
  const decimals = `\\.[0-${String(MOST_DECIMALS)}]`;
  const choices = [
    ...(hasDecimals ? [decimals] : []),
    ...(numbers.length > 0 ? [`(?:${numbers.join('|')})(?:${decimals})?`] : []),
    ...words,
    ...(hasSpark ? [`spark(?:${upTo(MOST_SPARK_CELLS)})?`] : []),
  ];
  return choices.join('|');
}

/** A regular expression for the whole numbers from 1 to a multiple of ten. */
function upTo(most: number): string {
  return `[1-9]|[1-${String(most / 10 - 1)}]\\d|${String(most)}`;
}
