import type { Desktop } from '../desktop.ts';
import { canvasPoint, put, type Scenario, versionOf } from '../scenario.ts';

export function listGraphicsDesign(): readonly Scenario[] {
  return [
    {
      name: 'gimp',
      class: 'graphics_design',
      program: 'GIMP',
      version: 'gimp --version 2>/dev/null | head -1',
      packages: ['gimp', 'imagemagick'],
      driven: 'a photograph-sized picture is painted on with the brush, strokes undone',
      open: async desktop => {
        await makePicture(desktop, '4000x3000', 'picture.png');
        await desktop.launchWindow('gimp', 'gimp', '--no-splash', 'picture.png');
        await desktop.pause(6);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key('p');
          for (let stroke = 0; stroke < 6 && !desktop.isOver; stroke++) await drawStroke(desktop, 250, 2.5);
          await desktop.pause(1, 4);
          await desktop.key('ctrl+z', 'ctrl+z');
          await desktop.pause(1, 6);
        }),
    },
    {
      name: 'inkscape',
      class: 'graphics_design',
      program: 'Inkscape',
      version: 'inkscape --version 2>/dev/null',
      packages: ['inkscape'],
      driven: 'shapes are drawn, moved, copied and zoomed at',
      open: async desktop => {
        const shapes = Array.from(
          { length: 400 },
          (_, n) =>
            `<circle cx="${String((n * 37) % 800)}" cy="${String((n * 53) % 600)}" r="${String(10 + (n % 40))}" fill="hsl(${String(n % 360)},60%,60%)" fill-opacity=".6"/>`,
        );
        put(
          desktop,
          'drawing.svg',
          `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">${shapes.join('')}</svg>`,
        );
        await desktop.launchWindow('inkscape', 'inkscape', 'drawing.svg');
        await desktop.pause(6);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key(desktop.pick(['r', 'e', 's', 'b']));
          for (let stroke = 0; stroke < 3 && !desktop.isOver; stroke++) await drawStroke(desktop, 200, 3);
          await desktop.key(desktop.chance(0.5) ? 'ctrl+d' : 'plus');
          await desktop.pause(1, 5);
          if (desktop.chance(0.3)) await desktop.key('5');
        }),
    },
    {
      name: 'krita',
      class: 'graphics_design',
      program: 'Krita',
      version: versionOf('krita'),
      packages: ['krita', 'imagemagick'],
      driven: 'a picture is painted on with a large brush, the canvas turned and zoomed, strokes undone',
      open: async desktop => {
        // As JPEG: of a PNG without a profile Krita asks for one.
        await makePicture(desktop, '3000x2000', 'picture.jpg');
        await desktop.launchWindow('krita', 'krita', '--nosplash', 'picture.jpg');
        await desktop.pause(10);
        await desktop.key('b', ...Array.from({ length: 8 }, () => 'bracketright'));
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key('b');
          for (let stroke = 0; stroke < 6 && !desktop.isOver; stroke++) await drawStroke(desktop, 250, 2.5);
          await desktop.key(desktop.pick(['ctrl+z', '4', '6', 'plus', 'minus', 'm']));
          await desktop.pause(1, 6);
        }),
    },
    {
      name: 'darktable',
      class: 'graphics_design',
      program: 'darktable',
      version: versionOf('darktable'),
      packages: ['darktable', 'imagemagick'],
      driven: 'a photograph of 24 megapixels is developed: zoomed, moved, its exposure changed, undone',
      open: async desktop => {
        await makePicture(desktop, '6000x4000', 'picture.jpg');
        await desktop.launchWindow('darktable', 'darktable', '--library', ':memory:', 'picture.jpg');
        await desktop.pause(12);
      },
      drive: desktop =>
        desktop.loop(async () => {
          const [x, y] = canvasPoint(desktop);
          await desktop.move(x, y);
          for (let notch = 0; notch < 2; notch++) await desktop.click(desktop.pick([4, 5]));
          await desktop.pause(0.5, 3);
          await drawStroke(desktop, 200, 3);
          const exposure = desktop.pick([4, 5]);
          for (let notch = 0; notch < 4 && !desktop.isOver; notch++) {
            await desktop.whileHeld('e', () => desktop.click(exposure));
            await desktop.pause(0.2, 1);
          }
          if (desktop.chance(0.3)) await desktop.key('ctrl+z');
          await desktop.pause(1, 6);
        }),
    },
  ];
}

/** Makes a picture as rich in detail as a photograph. */
function makePicture(desktop: Desktop, size: string, file: string): Promise<void> {
  return desktop.shell(`convert -size ${size} plasma:fractal -depth 8 ${file}`);
}

/** Draws a straight stroke on the canvas, so many pixels at most to each side, and pauses. */
async function drawStroke(desktop: Desktop, most: number, longestPause: number): Promise<void> {
  const [x, y] = canvasPoint(desktop);
  await desktop.drag(x, y, x + desktop.between(-most, most), y + desktop.between(-0.75 * most, 0.75 * most));
  await desktop.pause(0.4, longestPause);
}
