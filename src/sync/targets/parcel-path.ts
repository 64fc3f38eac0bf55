import { RefusedFault } from './faults.ts';

/** What we name files and folders at a target: nothing that any server, store or file system could take for something else. */
const NAME = /^[A-Za-z0-9=_-][A-Za-z0-9=_.-]{0,199}$/;

/**
 * The names of which a parcel's path is made.
 *
 * @throws RefusedFault for a path that OptiMetrics does not make, such as one that leads out of the target's folder
 */
export function namesOf(path: string): string[] {
  const names = path.split('/');
  if (!names.every(name => NAME.test(name)))
    throw new RefusedFault(
      'the name of a file to be sent is not one that OptiMetrics makes',
      'Report this, please',
    );
  return names;
}
