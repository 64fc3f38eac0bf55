/** What an import has met and done. */
export interface ImportCounts {
  /** Rows written, and those that had been imported before. */
  written: number;
  known: number;
  files: number;
  /** Files that are no logs of the original. */
  ignored: number;
  /** Rows that shared the time of their flush, and got one of their own. */
  spread: number;
  /** Whether there was a GPU, whose temperature and power have replaced the CPU's. */
  withGpu: boolean;
  /** Rows whose GPU temperature or power stood in the CPU's column. */
  overwritten: number;
  /** Rows with disk rates beyond the header, where they belong. */
  lateRates: number;
  /** Rows with values beyond the header, of which it is not known what they are. */
  longRows: number;
  /** Rows with fewer fields than the header: it is not known which are missing. */
  shortRows: number;
  repeatedHeaders: number;
  secondHours: number;
  withoutTime: number;
  withoutId: number;
  /** Fields that are no numbers, and values that cannot be. */
  badValues: number;
  /** Columns without a place here, counted for each header. */
  unusedColumns: number;
  disks: number;
}

export function noCounts(): ImportCounts {
  return {
    written: 0,
    known: 0,
    files: 0,
    ignored: 0,
    spread: 0,
    withGpu: false,
    overwritten: 0,
    lateRates: 0,
    longRows: 0,
    shortRows: 0,
    repeatedHeaders: 0,
    secondHours: 0,
    withoutTime: 0,
    withoutId: 0,
    badValues: 0,
    unusedColumns: 0,
    disks: 0,
  };
}

/** The report as lines for people: what was done, then what was repaired, dropped or is not known. */
export function reportLines(counts: ImportCounts): string[] {
  const { written, files } = counts;
  const told = (number: number, text: string): string[] =>
    number > 0 ? [`  ${String(number)} ${text}`] : [];
  const repaired = [
    ...told(counts.spread, 'rows shared the time of their flush; spread evenly over the time before it'),
    ...told(
      counts.overwritten,
      'rows had the GPU’s temperature or power in the CPU’s column; moved to gpu0_',
    ),
    ...told(counts.lateRates, 'rows had disk rates that the header lacks; put into their columns'),
    ...told(counts.repeatedHeaders, 'headers in the middle of a file; the rows below were read by them'),
    ...told(
      counts.secondHours,
      'rows were of the hour that comes twice when summer time ends; put into its second time',
    ),
    ...told(counts.disks, 'disks had names; numbered'),
  ];
  const dropped = [
    ...told(counts.known, 'rows were here already'),
    ...told(counts.shortRows, 'rows had fewer fields than the header'),
    ...told(counts.withoutTime, 'rows had no timestamp'),
    ...told(counts.withoutId, 'rows had no hardware id'),
    ...told(counts.badValues, 'values were no numbers, or out of range'),
    ...told(counts.unusedColumns, 'columns have no place here'),
    ...told(counts.ignored, 'files were no logs of the original'),
  ];
  const unknown = [
    ...(counts.withGpu ? ['  temperature and power of the CPU: the GPU’s replaced them'] : []),
    ...told(counts.longRows, 'rows had values beyond the header'),
  ];
  return [
    `${String(written)} ${written === 1 ? 'row' : 'rows'} imported into ${String(files)} ${files === 1 ? 'file' : 'files'}`,
    ...section('repaired', repaired),
    ...section('left out', dropped),
    ...section('lost in the original', unknown),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
}
