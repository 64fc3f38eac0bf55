/** How a column stands: words to the left, numbers to the right. */
export type Alignment = 'left' | 'right';

/** A table to print. */
export interface Table {
  readonly head: readonly string[];
  /** By column; those that are left out stand to the right. */
  readonly align?: readonly Alignment[];
  readonly rows: readonly (readonly string[])[];
}

const GAP = '  ';

/** Lays a table out in columns, each as wide as its widest cell, with a rule below the head. No line ends in spaces. */
export function formatTable({ head, align = ['left'], rows }: Table): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)));
  const format = (line: readonly string[]): string =>
    widths
      .map((width, column) => pad(line[column] ?? '', width, align[column] ?? 'right'))
      .join(GAP)
      .trimEnd();
  const rule = widths.map(width => '─'.repeat(width)).join(GAP);
  return [format(head), rule, ...rows.map(format)].join('\n');
}

function pad(text: string, width: number, alignment: Alignment): string {
  const space = ' '.repeat(width - text.length);
  return alignment === 'left' ? text + space : space + text;
}

/** The same as a table of Markdown. */
export function formatMarkdownTable({ head, align = ['left'], rows }: Table): string {
  const format = (line: readonly string[]): string =>
    `| ${head.map((_, column) => (line[column] ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, column) => (align[column] === 'left' ? '---' : '--:')).join('|');
  return [format(head), `|${rule}|`, ...rows.map(format)].join('\n');
}
