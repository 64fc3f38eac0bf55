import type { SamplerClient } from '../client/sampler-client.ts';
import type { Absence } from '../common/frame.ts';
import { Readings } from '../common/readings.ts';

/** One reading as `optimetrics sample --json` prints it. */
export interface Sample {
  /** Moment of sampling, ISO 8601, UTC. */
  readonly timestamp: string;
  readonly hardware_id: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly unavailable: Readonly<Record<string, Absence>>;
}

/** How long a reading may take, drivers that hang and are given up included. */
const TIMEOUT_MS = 20_000;

/**
 * Waits for a reading whose rates are over a whole second, and for the hardware id.
 *
 * @throws Error when the sampler does not start or does not deliver
 */
export function takeReadings(client: SamplerClient): Promise<Readings> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('no reading came; run “optimetrics doctor” to see what hangs'));
    }, TIMEOUT_MS);
    client.onState(() => {
      if (client.state !== 'failed') return;
      clearTimeout(timer);
      reject(new Error(client.detail));
    });
    client.onFrame(frame => {
      // The first tick comes soon after the start and covers only a part of a second.
      if (frame.seq < 2 || client.layout === undefined || client.status?.hardwareId === '') return;
      clearTimeout(timer);
      resolve(new Readings(client.layout, frame));
    });
  });
}

/** Splits a reading into values and the reasons where there is none. */
export function toSample(readings: Readings, hardwareId: string): Sample {
  const metrics: Record<string, number> = {};
  const unavailable: Record<string, Absence> = {};
  for (const [column, value] of readings.entries()) {
    if (typeof value === 'number') metrics[column] = value;
    else unavailable[column] = value;
  }
  return {
    timestamp: new Date(readings.frame.utcMs).toISOString(),
    hardware_id: hardwareId,
    metrics,
    unavailable,
  };
}
