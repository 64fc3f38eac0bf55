/** A text in some language; `{0}`, `{1}`, … stand for the values. */
export type Translate = (text: string, ...values: readonly (string | number)[]) => string;

/** The text with its values, in English: for what has no window, and where a language has no words of its own. */
export const english: Translate = (text, ...values) =>
  text.replace(/\{(\d+)\}/gu, (place, index: string) => String(values[Number(index)] ?? place));
