import { isHomePath } from './value.ts';

/** The part of Node's `path` module that placing a path needs. */
export interface PathModule {
  isAbsolute(path: string): boolean;
  join(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string): string;
}

/**
 * Makes a path that a user wrote absolute: `~` and `~/…` start at the home directory, a relative path starts at
 * `folder`.
 *
 * @param folder absolute path of the folder that holds what the user wrote it in
 * @param home absolute path of the home directory
 */
export function placePath(given: string, folder: string, home: string, path: PathModule): string {
  if (path.isAbsolute(given)) return given;
  return isHomePath(given) ? path.join(home, given.slice(1)) : path.join(folder, given);
}
