/** Most sessions that a list in the dashboard has: of more, the latest. */
export const MOST_LISTED_SESSIONS = 1_000;

/** Whether this is what the sampler answers to a request for sessions, as far as the dashboard reads it. */
export function isSessionsResult(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { stepMs, sessions, earlier } = value;
  return (
    isAtLeast(stepMs, 1) &&
    isAtLeast(earlier, 0) &&
    Array.isArray(sessions) &&
    sessions.length <= MOST_LISTED_SESSIONS &&
    sessions.every(isSession)
  );
}

function isSession(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { category, from, to, coveredMs, ofClassMs, confidence, cpu, ram, gpu, vram, power } = value;
  return (
    typeof category === 'string' &&
    isAtLeast(from, 0) &&
    isAtLeast(to, from) &&
    isAtLeast(coveredMs, 0) &&
    isAtLeast(ofClassMs, 0) &&
    (confidence === undefined || isAtLeast(confidence, 0)) &&
    [cpu, ram].every(one => one === undefined || isMeanAndPeak(one)) &&
    [gpu, vram].every(one => one === undefined || (isMeanAndPeak(one) && isAtLeast(one['gpu'], 0))) &&
    (power === undefined || isPower(power))
  );
}

function isPower(value: unknown): boolean {
  if (!isMeanAndPeak(value)) return false;
  const { wh, sources } = value;
  return (
    isAtLeast(wh, 0) &&
    Array.isArray(sources) &&
    sources.every(
      source =>
        isRecord(source) &&
        (source['gpu'] === undefined || isAtLeast(source['gpu'], 0)) &&
        isAtLeast(source['wh'], 0) &&
        isAtLeast(source['knownMs'], 0),
    )
  );
}

function isMeanAndPeak(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && isAtLeast(value['mean'], 0) && isAtLeast(value['peak'], 0);
}

function isAtLeast(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= least;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
