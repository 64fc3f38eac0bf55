import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** Rules of axe that are off unless they are asked for, and fit what we promise. */
const MORE_RULES = ['target-size', 'label-content-name-mismatch', 'focus-order-semantics'];

/**
 * What axe finds in a document, whatever its impact, a line each; empty when it finds nothing.
 *
 * @param frame whose own frames are looked at, too
 */
export async function axeFindings(frame: Frame | Page): Promise<string[]> {
  const isThere = await frame.evaluate(() => 'axe' in globalThis);
  // As the debugger does it: the page's own policy allows no such script.
  if (!isThere) await frame.evaluate(axe.source);
  const options: RunOptions = {
    resultTypes: ['violations'],
    rules: Object.fromEntries(MORE_RULES.map(rule => [rule, { enabled: true }])),
  };
  const { violations } = await frame.evaluate(async (wanted): Promise<Pick<AxeResults, 'violations'>> => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    return run(document, wanted);
  }, options);
  return violations.flatMap(({ impact, id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) =>
        `${impact ?? ''} ${id}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
}
