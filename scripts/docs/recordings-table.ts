import { markdownTable } from './markdown-table.ts';

/** What the manifest says of a recording. */
export interface RecordingEntry {
  readonly class: string;
  readonly program: string;
  /** Each program's in a line. */
  readonly version: string;
  readonly driven: string;
  readonly machine: string;
  /** Day, as in ISO 8601. */
  readonly recorded: string;
  readonly seconds: number;
}

/** The project's own recordings as Markdown: the machines, and a row for each program with all its recordings. */
export function recordingsTable(entries: readonly RecordingEntry[]): string {
  const machines = [...new Set(entries.map(({ machine }) => machine))].sort();
  const nameOf = (machine: string): string => `M${String(machines.indexOf(machine) + 1)}`;
  const programs = new Map<string, RecordingEntry[]>();
  for (const entry of entries) {
    const key = [entry.class, entry.program, entry.version, entry.driven].join('\n');
    programs.set(key, [...(programs.get(key) ?? []), entry]);
  }
  const rows = [...programs.values()].map(all => {
    const [first] = all;
    const recordings = all.map(
      ({ seconds, machine, recorded }) => `${String(seconds)} s on ${nameOf(machine)}, ${recorded}`,
    );
    return first === undefined
      ? []
      : [
          first.class,
          first.program,
          first.version.split('\n').join('; '),
          first.driven,
          recordings.join('; '),
        ];
  });
  return [
    ...machines.map(machine => `- ${nameOf(machine)}: ${machine}`),
    '',
    markdownTable(['class', 'program', 'version', 'how it was driven', 'recordings'], rows),
  ].join('\n');
}
