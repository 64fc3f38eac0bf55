/** What the page says that the browser shows at the end, in the user's language. */
export interface PageWords {
  readonly language: string;
  readonly title: string;
  readonly done: string;
  readonly failed: string;
  /** To a second answer. */
  readonly over: string;
}

export const ENGLISH: PageWords = {
  language: 'en',
  title: 'OptiMetrics',
  done: 'OptiMetrics has the answer. You can close this page; how the sign-in ended is shown where you began it.',
  failed:
    'This answer cannot be used, and nothing was taken from it. You can close this page; the reason is shown where you began the sign-in.',
  over: 'This sign-in has had its answer already. Nothing was taken from this one. You can close this page.',
};

/** A page of one sentence, without a script and without anything from elsewhere. */
export function pageOf({ language, title }: PageWords, sentence: string): string {
  return `<!doctype html>
<html lang="${escaped(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
<p>${escaped(sentence)}</p>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
