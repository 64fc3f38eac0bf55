/**
 * The module with the outlines of the codicons that the dashboard shows.
 *
 * @param names of the icons
 * @param read gives the drawing of an icon, as `@vscode/codicons` has it in `src/icons`
 * @throws Error when a drawing is not one of outlines in a square of 16
 */
export function codiconsModule(names: readonly string[], read: (name: string) => string): string {
  const lines = names.map(name => `  '${name}':\n    '${outlineOf(name, read(name))}',\n`);
  return `import type { IconName } from './icon-names.ts';

/**
 * Outlines of codicons in a square of 16, from the package @vscode/codicons of Microsoft, licensed under CC BY 4.0. Written by
 * \`npm run generate\`.
 */
export const CODICONS: Readonly<Record<IconName, string>> = {
${lines.join('')}};
`;
}

function outlineOf(name: string, drawing: string): string {
  const paths = [...drawing.matchAll(/<path\b([^>]*)\/>/g)].map(([, attributes = '']) => attributes);
  const outlines = paths.map(attributes => /\bd="([^"]+)"/.exec(attributes)?.[1] ?? '');
  const isUsual = drawing.includes('viewBox="0 0 16 16"') && outlines.length > 0 && !outlines.includes('');
  const rest = drawing.replaceAll(/<path\b[^>]*\/>|<\/?svg\b[^>]*>|\s+/g, '');
  if (!isUsual || rest !== '') throw new Error(`the codicon ${name} is drawn in another way than the others`);
  return outlines.join(' ');
}
