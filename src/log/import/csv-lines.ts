import { fileBytes, TruncatedError } from '../reader/file-bytes.ts';

/** Longer than any line of the original's logs. */
const LONGEST = 262_144;

/**
 * The lines of a CSV file of another program, plain or compressed, as fields. Quotes around fields are taken off; a line
 * end inside them is not expected. What a crash or damage has cut off is left out.
 *
 * @throws the system's error when the file cannot be read
 */
export async function* csvLines(file: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  try {
    for await (const piece of fileBytes(file)) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      // Not a CSV file; its beginning is enough to see that.
      if (rest.length > LONGEST) return;
      for (const line of lines) yield fieldsOf(line);
    }
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
}

/** Splits a line at the commas outside of quotes, see RFC 4180. */
export function fieldsOf(line: string): string[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!text.includes('"')) return text.split(',');
  return Array.from(text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}
