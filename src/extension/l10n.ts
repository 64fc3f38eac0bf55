import { english, type Translate } from '../common/translate.ts';

let translate: Translate = english;

/** Takes over the window's own translation, `vscode.l10n.t`; without one, as in a test, texts stay English. */
export function useTranslation(translation: Translate): void {
  translate = translation;
}

/**
 * A text in the user's language, for the modules that do without `vscode`.
 *
 * @param text English, which is also the key of its translation; `{0}`, `{1}`, … stand for the values
 */
export const t: Translate = (text, ...values) => translate(text, ...values);
