import { readInFlight } from './in-flight.ts';
import type { Quarantine } from './quarantine.ts';

/**
 * Finds out what a former sampler that did not end in good order was doing, and holds it against that part.
 *
 * @returns names of the parts that are blamed
 */
export function blameFormerSampler(inFlightFile: string, quarantine: Quarantine): string[] {
  const { call, opening } = readInFlight(inFlightFile);
  const blamed = [...new Set(call === undefined ? opening : [call, ...opening])];
  for (const name of blamed) quarantine.recordDeath(name, Date.now());
  return blamed;
}
