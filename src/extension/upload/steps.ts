/** Where a step stands among the others. */
export interface StepPlace {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** The user wants to see the step before again. */
export const BACK = Symbol('back');

/** The user gave up; nothing has been done. */
export const CANCELLED = Symbol('cancelled');

/**
 * Asks one thing and answers with what is known then. It keeps nothing and sends nothing: what was answered takes effect when
 * the last step is done.
 */
export type Step<Known> = (known: Known, place: StepPlace) => Promise<Known | typeof BACK | typeof CANCELLED>;

/**
 * Goes through steps, back and forth. What has been answered is still known when a step is seen again.
 *
 * @param stepsOf which steps there are, given what is known; the steps up to the current one must not depend on later answers
 * @returns what is known after the last one, or that the user gave up
 */
export async function walk<Known>(
  begin: Known,
  stepsOf: (known: Known) => readonly Step<Known>[],
): Promise<Known | typeof CANCELLED> {
  let known = begin;
  for (let at = 0; ;) {
    const steps = stepsOf(known);
    const step = steps[at];
    if (!step) return known;
    const answer = await step(known, { number: at + 1, of: steps.length });
    if (answer === CANCELLED) return CANCELLED;
    if (answer === BACK) {
      at = Math.max(0, at - 1);
    } else {
      known = answer;
      at += 1;
    }
  }
}
