import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './paths.mjs';

/** Folders whose texts a user sees in VS Code. */
const FOLDERS = ['src/extension', 'src/client', 'src/common', 'webview'];

/**
 * The English texts that a source file has translated: the first arguments of `t(…)` and of `vscode.l10n.t(…)`.
 *
 * @param {string} source TypeScript
 * @param {string} name of the file, for messages
 * @returns {string[]} in the order of the file
 * @throws when such a text is put together, so that nobody could translate it
 */
export function wordsOf(source, name) {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = node => {
    if (ts.isCallExpression(node) && /^(vscode\.l10n\.)?t$/u.test(node.expression.getText(file))) {
      for (const text of textsOf(node.arguments[0])) {
        if (text === undefined) {
          const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
          throw new Error(
            `${name}:${String(line + 1)}: the text must be written out, so that it can be translated.`,
          );
        }
        found.push(text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * One text, or the two of a condition. A name stands for texts that are translated where they are written.
 *
 * @param {ts.Expression | undefined} argument
 * @returns {(string | undefined)[]}
 */
function textsOf(argument) {
  if (argument === undefined) return [undefined];
  if (ts.isStringLiteralLike(argument)) return [argument.text];
  if (ts.isConditionalExpression(argument))
    return [...textsOf(argument.whenTrue), ...textsOf(argument.whenFalse)];
  return [undefined];
}

/** The texts of all files that a user sees in VS Code, each once. */
export function allWords() {
  /** @type {Set<string>} */
  const words = new Set();
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.ts')) continue;
      const name = path.join(folder, entry);
      for (const text of wordsOf(readFileSync(path.join(ROOT, name), 'utf8'), name)) words.add(text);
    }
  }
  return words;
}
