import fs from 'node:fs';
import path from 'node:path';
import type { VsCodeHost } from '../harness/host.ts';

/**
 * Tells a VS Code that it has a language pack for German, so that windows of a browser that asks for German tell extensions
 * to speak it. The pack has no words of VS Code's own: those stay English.
 */
export function speakGerman(host: VsCodeHost): void {
  const words = path.join(host.root, 'german.json');
  fs.writeFileSync(words, JSON.stringify({ version: '1.0.0', contents: {} }));
  fs.writeFileSync(
    path.join(host.serverFolder, 'user-data', 'languagepacks.json'),
    JSON.stringify({
      de: { hash: 'none', label: 'Deutsch', extensions: [], translations: { vscode: words } },
    }),
  );
}
