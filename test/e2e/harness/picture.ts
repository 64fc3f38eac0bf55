import type { Locator, Page } from 'playwright-core';

/** Pixels of a canvas or a picture: red, green, blue, alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A decoded picture. */
export interface Picture extends Pixels {
  /** Red, green, blue and alpha of a pixel. */
  at(x: number, y: number): number[];
  /** How many colours there are from one row of pixels to before another. */
  colors(top: number, until: number): number;
}

/** What is on a canvas now. */
export async function pixelsOf(canvas: Locator): Promise<Pixels> {
  const { width, height, base64 } = await canvas.evaluate((element: HTMLCanvasElement) => {
    // From a copy: reading from the canvas itself would change how the browser draws it.
    const copy = document.createElement('canvas');
    copy.width = element.width;
    copy.height = element.height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    context.drawImage(element, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32_768)
      text += String.fromCharCode(...data.subarray(at, at + 32_768));
    return { width: copy.width, height: copy.height, base64: btoa(text) };
  });
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/** Decodes a PNG with a decoder that is not ours: the browser's. */
export async function pictureOf(page: Page, png: Uint8Array): Promise<Picture> {
  const { width, height, base64 } = await page.evaluate(async encoded => {
    const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = document.createElement('canvas');
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let at = 0; at < data.length; at += 32_768)
      text += String.fromCharCode(...data.subarray(at, at + 32_768));
    return { width: canvas.width, height: canvas.height, base64: btoa(text) };
  }, Buffer.from(png).toString('base64'));
  const data = Buffer.from(base64, 'base64');
  return {
    width,
    height,
    data,
    at: (x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)],
    colors: (top, until) => {
      const found = new Set<number>();
      for (let at = top * width; at < until * width; at++) found.add(data.readUInt32LE(4 * at));
      return found.size;
    },
  };
}
