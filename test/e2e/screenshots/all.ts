import fs from 'node:fs';
import { UserError } from '../../../scripts/lib/terminal.mjs';
import { SCENES } from './scenes.ts';
import { Studio } from './studio.ts';

/** Names of the pictures. */
export function listPictures(): readonly string[] {
  return SCENES.flatMap(({ pictures }) => pictures);
}

/**
 * Takes pictures, a VS Code after the other.
 *
 * @param names which; all when it is empty
 * @throws UserError for a name that there is not
 */
export async function takePictures(folder: string, names: readonly string[]): Promise<void> {
  const unknown = names.find(name => !listPictures().includes(name));
  if (unknown !== undefined)
    throw new UserError(`${unknown}: the pictures are ${listPictures().join(', ')}.`, 2);
  fs.mkdirSync(folder, { recursive: true });
  const studio = new Studio(folder, names);
  for (const { pictures, take } of SCENES) {
    if (!studio.wants(...pictures)) continue;
    console.log(pictures.filter(name => studio.wants(name)).join(', '));
    await take(studio);
  }
}
