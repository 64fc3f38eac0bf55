import { SignInFault } from '../targets/faults.ts';
import type { Target } from '../targets/target.ts';

/** A target for which there are no credentials. What goes there is made all the same, and waits. */
export function signedOut(party: string): Target {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new SignInFault(
        `nobody has signed in to ${party} yet`,
        'Sign in: “OptiMetrics: Set Up Upload…” in VS Code, or optimetrics sync login',
      ),
    );
  return { send: refuse, confirm: refuse, remove: refuse, close: () => undefined };
}
