/** Colours that can be told apart on white, also by those who see few. */
export const COLOURS = ['#1f6feb', '#bc4c00', '#1a7f37', '#8250df', '#9a6700'];
export const GREY = '#57606a';
export const INK = '#1f2328';
export const RULE = '#d0d7de';
export const RED = '#cf222e';

/** A whole picture on white, which reads the same on a page of any theme. */
export function picture(width: number, height: number, title: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

export function group(left: number, top: number, parts: readonly string[]): string {
  return [`<g transform="translate(${left} ${top})">`, ...parts, '</g>'].join('\n');
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashes = ''): string {
  const dash = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${colour}"${dash}/>`;
}

export function dot(x: number, y: number, radius: number, colour: string): string {
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="${colour}"/>`;
}

export function ring(x: number, y: number, radius: number, colour: string): string {
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="none" stroke="${colour}"/>`;
}

export function text(
  x: number,
  y: number,
  words: string,
  anchor: 'start' | 'middle' | 'end',
  colour: string = GREY,
  isBold = false,
): string {
  const bold = isBold ? ' font-weight="bold"' : '';
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" fill="${colour}"${bold}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
