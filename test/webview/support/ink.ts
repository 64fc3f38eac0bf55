import type { Frame, Page } from 'playwright-core';

/**
 * Columns of pixels of a pane's plot, from left to right, that hold ink of a colour.
 *
 * @param variable name of the theme's variable for the colour, without `--vscode-`
 */
export async function inkColumns(page: Page | Frame, chart: string, variable: string): Promise<boolean[]> {
  return page.evaluate(
    ([id, name]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-pane="${id ?? ''}"] canvas`);
      if (!canvas) throw new Error(`no chart ${id ?? ''}`);
      const { width, height } = canvas;
      // Read from copies: reading from the chart's own canvas would change how the browser draws it.
      const pixels = (draw: (context: CanvasRenderingContext2D) => void): Uint8ClampedArray => {
        const copy = document.createElement('canvas');
        copy.width = width;
        copy.height = height;
        const context = copy.getContext('2d', { willReadFrequently: true });
        if (!context) throw new Error('no canvas');
        draw(context);
        return context.getImageData(0, 0, width, height).data;
      };
      const style = getComputedStyle(document.documentElement);
      const wanted = pixels(context => {
        context.fillStyle = style.getPropertyValue(`--vscode-${name ?? ''}`);
        context.fillRect(0, 0, 1, 1);
      });
      const data = pixels(context => {
        context.drawImage(canvas, 0, 0);
      });
      const left = Math.round(46 * devicePixelRatio);
      return Array.from({ length: width - left }, (_, index) => {
        for (let y = 0; y < height - 24; y++) {
          const at = (y * width + left + index) * 4;
          const far = [0, 1, 2].some(
            channel => Math.abs((data[at + channel] ?? 0) - (wanted[channel] ?? 0)) > 24,
          );
          if (!far && (data[at + 3] ?? 0) > 150) return true;
        }
        return false;
      });
    },
    [chart, variable],
  );
}
