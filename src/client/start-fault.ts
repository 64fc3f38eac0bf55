import { withoutPaths } from '../common/faults.ts';

/** Why a sampler did not start, without paths. */
export type StartFault =
  /** Its own words, which say what to do. */
  | { readonly kind: 'told'; readonly text: string }
  /** A part of its program is missing or no program. */
  | { readonly kind: 'damaged'; readonly text: string }
  | { readonly kind: 'memory'; readonly text: string }
  /** It ended with an error that nobody expected, or said something else. */
  | { readonly kind: 'crashed'; readonly text: string }
  /** It ended without a word: signal or exit code. */
  | { readonly kind: 'silent'; readonly how: string }
  | { readonly kind: 'late'; readonly seconds: number }
  /** The system did not make a process of it. */
  | { readonly kind: 'refused'; readonly text: string };

/** How the sampler begins a line of its own about why it ends. */
const OWN = 'optimetrics sampler: ';
/** What Node prints of an error that nobody caught: `Error: …`, `TypeError [ERR_…]: …`. The stack stands below it. */
const UNCAUGHT = /^(?:Uncaught )?\w*(?:Error|Exception)\b[^:]*: ./;
const DAMAGED = /^SyntaxError\b|Cannot find (?:module|package)\b|\bERR_(?:MODULE|DLOPEN)/;
const MEMORY = /\bout of memory\b|\bENOMEM\b|\bAllocation failed\b/i;
/** The kernel ends processes by this where memory is short. */
const KILLED = 'SIGKILL';
const LONGEST = 200;

/**
 * Finds in what a process printed, and how it ended, why it did not start: one line of it, and never its stack.
 *
 * @param how signal or exit code
 */
export function startFaultOf(printed: string, how: string): StartFault {
  const lines = printed
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const own = lines.findLast(line => line.startsWith(OWN));
  if (own !== undefined) return { kind: 'told', text: shortened(own.slice(OWN.length)) };
  const memory = lines.find(line => MEMORY.test(line));
  if (memory !== undefined) return { kind: 'memory', text: shortened(memory) };
  const line = lines.find(one => UNCAUGHT.test(one)) ?? lines[0];
  if (line === undefined) return how === KILLED ? { kind: 'memory', text: how } : { kind: 'silent', how };
  return { kind: DAMAGED.test(line) ? 'damaged' : 'crashed', text: shortened(line) };
}

function shortened(line: string): string {
  const text = withoutPaths(line).replace(/[.\s]+$/, '');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
