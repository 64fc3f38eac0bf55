/** Set by the build from package.json. */
declare const OPTIMETRICS_VERSION: string | undefined;

/** Version of this package, `major.minor.patch`. Code that runs without the build is older than any release. */
export const VERSION: string = typeof OPTIMETRICS_VERSION === 'string' ? OPTIMETRICS_VERSION : '0.0.0';

/** Whether version `a` is newer than `b`; anything after the three numbers is ignored. */
export function isNewer(a: string, b: string): boolean {
  const [first, second] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (first[i] ?? 0) - (second[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function numbers(version: string): number[] {
  return version.split(/[.+-]/, 3).map(part => Number.parseInt(part, 10) || 0);
}
