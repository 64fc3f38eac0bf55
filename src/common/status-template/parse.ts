import { parseFormat, type TokenFormat } from './formats.ts';
import { findToken, kindOf, type Token, type TokenKind } from './tokens.ts';

/** A text that stands as it is. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** A value. */
export interface TokenPart {
  readonly type: 'token';
  readonly token: Token;
  readonly format: TokenFormat;
}

/** A part that is left out where none of its tokens stands for anything on this machine. */
export interface GroupPart {
  readonly type: 'group';
  readonly parts: readonly (TextPart | TokenPart)[];
}

/** What the status bar shows, in its order. */
export type Template = readonly (TextPart | TokenPart | GroupPart)[];

/** What is wrong with a template. */
export interface TemplateFault {
  readonly kind:
    | 'empty'
    | 'tooLong'
    | 'control'
    /** No token is called {@link text}. */
    | 'token'
    /** The token {@link text} has no format {@link format}. */
    | 'format'
    /** `{` without `}`. */
    | 'openBrace'
    | 'closingBrace'
    | 'openBracket'
    | 'closingBracket'
    /** A group in a group. */
    | 'nested'
    /** A group that has no token, and so would never be left out. */
    | 'constant';
  /** Where, counted in UTF-16 units from 1, as editors do. */
  readonly at: number;
  readonly text: string;
  readonly format?: string;
  /** Kind of the token whose format is wrong. */
  readonly tokenKind?: TokenKind;
}

export type ParsedTemplate =
  { readonly ok: true; readonly template: Template } | { readonly ok: false; readonly fault: TemplateFault };

/** Longest template, in UTF-16 units. */
export const LONGEST_TEMPLATE = 500;

/**
 * Reads a status bar template: text with tokens (`{cpu}`), formats (`{cpu:.1}`) and groups (`[GPU {gpu}]`). `{{`, `}}`,
 * `[[` and `]]` stand for a brace and a bracket; icons (`$(pulse)`) are text, which VS Code draws. Never throws.
 */
export function parseTemplate(text: string): ParsedTemplate {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #parts: (TextPart | TokenPart | GroupPart)[] = [];
  #group: (TextPart | TokenPart)[] | undefined;
  #groupAt = 0;
  #literal = '';
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ParsedTemplate {
    const text = this.#text;
    if (text.trim() === '') return fault('empty', 0, '');
    if (text.length > LONGEST_TEMPLATE) return fault('tooLong', LONGEST_TEMPLATE, '');
    while (this.#at < text.length) {
      const failed = this.#step(text.charAt(this.#at));
      if (failed) return failed;
    }
    if (this.#group) return fault('openBracket', this.#groupAt, '[');
    this.#endLiteral();
    return { ok: true, template: this.#parts };
  }

  #step(character: string): ParsedTemplate | undefined {
    const isDouble = this.#text.charAt(this.#at + 1) === character;
    switch (character) {
      case '{':
        return isDouble ? this.#take('{', 2) : this.#token();
      case '[':
        return isDouble ? this.#take('[', 2) : this.#open();
      case '}':
        return isDouble ? this.#take('}', 2) : fault('closingBrace', this.#at, '}');
      case ']':
        return isDouble ? this.#take(']', 2) : this.#close();
      default:
        return /\p{Cc}/u.test(character) ? fault('control', this.#at, '') : this.#take(character, 1);
    }
  }

  #take(character: string, length: number): ParsedTemplate | undefined {
    this.#literal += character;
    this.#at += length;
    return undefined;
  }

  #token(): ParsedTemplate | undefined {
    const end = this.#text.indexOf('}', this.#at);
    if (end < 0) return fault('openBrace', this.#at, '{');
    const inside = this.#text.slice(this.#at + 1, end);
    const colon = inside.indexOf(':');
    const name = colon < 0 ? inside : inside.slice(0, colon);
    const token = findToken(name);
    if (!token) return fault('token', this.#at, name);
    const kind = kindOf(token);
    const format = colon < 0 ? {} : parseFormat(kind, inside.slice(colon + 1));
    if (!format) {
      const at = this.#at + 1 + colon + 1;
      return fault('format', at, name, { format: inside.slice(colon + 1), tokenKind: kind });
    }
    this.#endLiteral();
    (this.#group ?? this.#parts).push({ type: 'token', token, format });
    this.#at = end + 1;
    return undefined;
  }

  #open(): ParsedTemplate | undefined {
    if (this.#group) return fault('nested', this.#at, '[');
    this.#endLiteral();
    this.#group = [];
    this.#groupAt = this.#at++;
    return undefined;
  }

  #close(): ParsedTemplate | undefined {
    if (!this.#group) return fault('closingBracket', this.#at, ']');
    this.#endLiteral();
    const parts = this.#group;
    if (!parts.some(part => part.type === 'token')) return fault('constant', this.#groupAt, '[');
    this.#group = undefined;
    this.#parts.push({ type: 'group', parts });
    this.#at++;
    return undefined;
  }

  #endLiteral(): void {
    if (this.#literal === '') return;
    (this.#group ?? this.#parts).push({ type: 'text', text: this.#literal });
    this.#literal = '';
  }
}

function fault(
  kind: TemplateFault['kind'],
  index: number,
  text: string,
  more: Pick<TemplateFault, 'format' | 'tokenKind'> = {},
): ParsedTemplate {
  return { ok: false, fault: { kind, at: index + 1, text, ...more } };
}
