import type { Random } from '../random.ts';

/** A level that wanders: each second it goes a share of the way back to its middle and is pushed by noise. */
export function wander(random: Random, middle: number, spread: number, memorySeconds: number): () => number {
  const keep = Math.exp(-1 / memorySeconds);
  const push = spread * Math.sqrt(1 - keep * keep);
  let away = spread * random.normal();
  return () => {
    away = keep * away + push * random.normal();
    return middle + away;
  };
}

/** 0 between bursts and up to 1 in them. Pauses are exponential, lengths vary by half. */
export function bursts(random: Random, pauseSeconds: number, lengthSeconds: number): () => number {
  let left = -random.next() * pauseSeconds;
  let height = 0;
  return () => {
    if (left > 0) {
      left--;
      if (left <= 0) left = pauseSeconds * Math.log(1 - random.next()) - 0.001;
      return height;
    }
    left++;
    if (left >= 0) {
      left = Math.max(1, lengthSeconds * random.between(0.5, 1.5));
      height = random.between(0.4, 1);
    }
    return 0;
  };
}

/** 1 for a share of every period, else 0; periods vary a little. */
export function cycle(random: Random, periodSeconds: number, share: number): () => number {
  let phase = random.next();
  let step = 1 / periodSeconds;
  return () => {
    phase += step;
    if (phase >= 1) {
      phase -= 1;
      step = 1 / (periodSeconds * random.between(0.9, 1.1));
    }
    return phase < share ? 1 : 0;
  };
}

/** A level that jumps to another one between `least` and `greatest` now and then. */
export function steps(random: Random, least: number, greatest: number, everySeconds: number): () => number {
  let level = random.between(least, greatest);
  return () => {
    if (random.chance(1 / everySeconds)) level = random.between(least, greatest);
    return level;
  };
}

/** `value` kept between 0 and 1. */
export function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** `value` kept from going below 0. */
export function positive(value: number): number {
  return Math.max(0, value);
}
