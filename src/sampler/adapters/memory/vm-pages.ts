/** Places of counters in `struct vm_statistics64` of `<mach/vm_statistics.h>`, in words of 32 bits. */
const WORD = { wired: 3, purgeable: 22, compressor: 32, internal: 35 } as const;

/**
 * Pages in use, by the definition of Activity Monitor's “Memory Used”: those of programs (anonymous, less what they have
 * marked as expendable), those that are wired down, and those that hold compressed memory. What is left out can be had
 * without swapping: free pages, and pages with the content of files.
 *
 * @param info the structure
 * @param words how many words of it the kernel filled
 * @returns NaN when that is too few
 */
export function pagesInUse(info: Uint32Array, words: number): number {
  if (words <= WORD.internal) return Number.NaN;
  const at = (word: number): number => info[word] ?? Number.NaN;
  // The counters are not taken at one moment, so that this could come out below 0.
  const programs = Math.max(0, at(WORD.internal) - at(WORD.purgeable));
  return programs + at(WORD.wired) + at(WORD.compressor);
}
