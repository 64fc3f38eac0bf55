/**
 * Replaces what stands between `<!-- name -->` and `<!-- /name -->` in a Markdown text.
 *
 * @throws Error when the marks are not there
 */
export function withSection(markdown: string, name: string, contents: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = markdown.indexOf(begin);
  const to = markdown.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the text has no section “${name}”`);
  return `${markdown.slice(0, from)}${begin}\n${contents}\n${markdown.slice(to)}`;
}
