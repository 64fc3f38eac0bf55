/** More than any kernel numbers: the largest configurable `NR_CPUS` is 8192. */
const MOST_CPUS = 8192;

/**
 * Reads a list of CPU numbers as the kernel prints it: `0-3,8-11`.
 *
 * @returns the numbers in ascending order, each once; empty when the text is not such a list
 */
export function parseCpuList(text: string): number[] {
  const ids = new Set<number>();
  for (const part of text.trim().split(',')) {
    const range = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim());
    if (!range) return [];
    const first = Number(range[1]);
    const last = range[2] === undefined ? first : Number(range[2]);
    if (last < first || last >= MOST_CPUS) return [];
    for (let id = first; id <= last; id++) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}
