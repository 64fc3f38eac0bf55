/** Something that a user should know about a configuration file or a setting: an error, or a notice about a key. */
export interface Problem {
  /** Name of the file without its folder; empty for VS Code's settings. */
  readonly file: string;
  /** Counted from 1; 0 where the problem has no place in a text. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units; 0 where the problem has no place in a text. */
  readonly column: number;
  /**
   * The key as the user wrote it: `general.logging_interval` in a file, `optimetrics.general.loggingInterval` in
   * settings; empty where the whole file is meant.
   */
  readonly key: string;
  /** What is wrong and what would be right. */
  readonly message: string;
  /** What happens now: `using 1`, `ignored`; empty for a notice. */
  readonly outcome: string;
}

/**
 * One line for a log or a terminal:
 * `config.yaml:7:21: general.logging_interval: must be a number from 0.1 to 3600, not "fast"; using 1`.
 */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, ...(problem.line > 0 ? [problem.line, problem.column] : [])].join(':');
  const text = [place, problem.key, problem.message].filter(part => part !== '').join(': ');
  return problem.outcome === '' ? text : `${text}; ${problem.outcome}`;
}

/** The number of problems that are worth reading; a reader of a file stops reporting there. */
export const MAX_PROBLEMS = 50;

/** Text from a file, made fit for one line of a terminal: cut short, with control and invisible characters escaped. */
export function printable(text: string, maximum = 60): string {
  const short = text.length > maximum ? `${text.slice(0, maximum)}…` : text;
  return short.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
