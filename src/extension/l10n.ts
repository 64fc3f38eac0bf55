/** A text in the user's language; `{0}`, `{1}`, … stand for the values. */
export type Translate = (text: string, ...values: readonly (string | number)[]) => string;

let translate: Translate = (text, ...values) =>
  text.replace(/\{(\d+)\}/gu, (place, index: string) => String(values[Number(index)] ?? place));

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
