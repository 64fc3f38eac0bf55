const DAY_MS = 86_400_000;

/** A moment near now by the machine's clock: `14:05`, and with its date where it is another day's: `11-26 14:05`. */
export function clockText(ms: number, nowMs: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  const text = new Date(ms - offsetMs).toISOString();
  const isToday = Math.floor((ms - offsetMs) / DAY_MS) === Math.floor((nowMs - offsetMs) / DAY_MS);
  return isToday ? text.slice(11, 16) : text.slice(5, 16).replace('T', ' ');
}
