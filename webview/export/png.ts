import { cssColor, type Theme } from '../theme.ts';
import { paintPage } from './paint-page.ts';

/** What browsers draw at most on one side of a canvas. */
const MOST_PIXELS = 16_384;

const MARGIN = 16;
const TITLE_PIXELS = 18;
const LINE_PIXELS = 13;
const HEAD_HEIGHT = MARGIN + TITLE_PIXELS + 8 + LINE_PIXELS + 4;

/**
 * A picture of the page in the theme's colours and as fine as the screen: a title and a line of text, and below them what
 * `page` shows, also what is not scrolled into sight.
 *
 * @throws Error when the browser cannot make a picture of that size
 */
export async function pageAsPng(
  page: HTMLElement,
  { title, line, theme }: { readonly title: string; readonly line: string; readonly theme: Theme },
): Promise<Uint8Array<ArrayBuffer>> {
  const width = page.clientWidth;
  const height = page.scrollHeight + HEAD_HEIGHT;
  const scale = Math.min(devicePixelRatio, MOST_PIXELS / width, MOST_PIXELS / height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser gives no canvas to draw on.');
  context.scale(scale, scale);
  context.fillStyle = cssColor({ ...theme.background, a: 1 });
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'top';
  context.fillStyle = cssColor(theme.foreground);
  context.font = `600 ${String(TITLE_PIXELS)}px ${theme.fontFamily}`;
  context.fillText(title, MARGIN, MARGIN, width - 2 * MARGIN);
  context.fillStyle = cssColor(theme.muted);
  context.font = `${String(LINE_PIXELS)}px ${theme.fontFamily}`;
  context.fillText(line, MARGIN, MARGIN + TITLE_PIXELS + 8, width - 2 * MARGIN);
  context.translate(0, HEAD_HEIGHT);
  paintPage(context, page);
  const blob = await new Promise<Blob | null>(resolve => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (!blob) throw new Error('The browser cannot make a picture of this size.');
  return new Uint8Array(await blob.arrayBuffer());
}
