import fs from 'node:fs';
import path from 'node:path';
import type { VsCodeHost } from '../harness/host.ts';

/**
 * Has a VS Code speak German in the windows that are opened from now on, as with a language pack: extensions are told so. The pack
 * that it is told of has no words of VS Code's own, which stay English.
 *
 * @returns ends that
 */
export function speakGerman(host: VsCodeHost): () => void {
  const folder = path.join(host.serverFolder, 'user-data');
  const words = path.join(host.root, 'german.json');
  fs.writeFileSync(words, JSON.stringify({ version: '1.0.0', contents: {} }));
  const extensions = [{ extensionIdentifier: { id: 'test.german' }, version: '1.0.0' }];
  const pack = { hash: 'none', label: 'Deutsch', extensions, translations: { vscode: words } };
  fs.writeFileSync(path.join(folder, 'languagepacks.json'), JSON.stringify({ de: pack }));
  const chosen = path.join(folder, 'User', 'argv.json');
  fs.writeFileSync(chosen, JSON.stringify({ locale: 'de' }));
  return () => {
    fs.rmSync(chosen);
  };
}
