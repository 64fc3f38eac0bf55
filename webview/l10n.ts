import { english } from '../src/common/translate.ts';

/** English text → the user's language, as `vscode.l10n.bundle` has it. */
let bundle: Readonly<Record<string, string>> = {};

/** Takes over the words of the user's language; a text that is not among them stays English. */
export function setBundle(words: Readonly<Record<string, string>>): void {
  bundle = words;
}

/**
 * A text in the user's language, as `vscode.l10n.t` gives it in the extension host.
 *
 * @param text English, which is also the key of its translation; `{0}`, `{1}`, … stand for the values
 */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return english(bundle[text] ?? text, ...values);
}
