import assert from 'node:assert/strict';
import { PassingFault, type TargetFault } from '../../../src/sync/targets/faults.ts';

/**
 * Asserts that something fails with a fault of a kind, in words that tell no secret, and what to do unless it passes.
 *
 * @param secrets that may be neither in its message nor in its remedy
 */
export async function assertFault(
  does: () => Promise<unknown>,
  kind: new (...args: never[]) => TargetFault,
  message: RegExp,
  secrets: readonly string[] = [],
): Promise<void> {
  await assert.rejects(does, error => {
    assert.ok(error instanceof kind, String(error));
    assert.match(error.message, message);
    assert.equal(error.remedy === '', error instanceof PassingFault);
    for (const secret of secrets) {
      assert.ok(!`${error.message} ${error.remedy}`.includes(secret), 'it tells a secret');
      assert.ok(!String(error.stack).includes(secret), 'it tells a secret');
    }
    return true;
  });
}
