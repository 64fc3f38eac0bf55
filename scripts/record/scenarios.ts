import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/paths.mjs';
import type { Desktop } from './desktop.ts';
import { startWebServer, WEB_ADDRESS } from './web-server.ts';

/** A workload that is recorded: a real program, driven for as long as the recording goes on. */
export interface Scenario {
  readonly name: string;
  readonly class: string;
  /** The program, as it is called. */
  readonly program: string;
  /** Shell command line that prints its version. */
  readonly version: string;
  /** Debian packages that it needs. */
  readonly packages: readonly string[];
  /** How it is driven, in words. */
  readonly driven: string;
  /** Starts the program; what follows is recorded. */
  open(desktop: Desktop): Promise<void>;
  /** Drives it until the desktop says that it is over. */
  drive(desktop: Desktop): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

const PROSE =
  'The measurements of the third week agree with those of the first within the error of the instrument. We therefore conclude that the drift seen in between was caused by the temperature of the room. ';

/** Writes a file below the desktop's folder and returns its path. */
function put(desktop: Desktop, name: string, content: string): string {
  const file = path.join(desktop.folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function typeProse(desktop: Desktop): Promise<void> {
  const start = Math.floor(desktop.between(0, PROSE.length - 60));
  await desktop.type(PROSE.slice(start, start + Math.floor(desktop.between(15, 60))), desktop.between(3, 9));
  await desktop.pause(0.3, 6);
}

function officeProgram(name: 'writer' | 'calc'): Pick<Scenario, 'version' | 'packages' | 'open'> {
  return {
    version: 'libreoffice --version',
    packages: [`libreoffice-${name}`],
    open: async desktop => {
      await desktop.launchWindow(
        'libreoffice|soffice',
        'libreoffice',
        `--${name}`,
        '--norestore',
        '--nologo',
      );
      await desktop.pause(8);
    },
  };
}

/** A C program of many functions, as large as the number says. */
function cSource(functions: number, salt: number): string {
  const bodies = Array.from({ length: functions }, (_, n) =>
    [
      `static double f${String(n)}(double x) {`,
      `  double s = ${String(salt + n)}.0; double a[64];`,
      '  for (int i = 0; i < 64; i++) { a[i] = x * i + s; s += a[i] / (1.0 + i); }',
      '  for (int i = 1; i < 64; i++) for (int j = 0; j < i; j++) s += a[i] * a[j] - a[j] / (2.0 + a[i] * a[i]);',
      '  return s;',
      '}',
    ].join('\n'),
  );
  const calls = Array.from({ length: functions }, (_, n) => `f${String(n)}(x)`).join(' + ');
  return `${bodies.join('\n')}\ndouble sum${String(salt)}(double x) { return ${calls}; }\n`;
}

/** Writes a version of the model. */
function putPart(desktop: Desktop, teeth: number, detail: number): string {
  const model = readFileSync(path.join(ROOT, 'scripts/record/part.scad'), 'utf8');
  return put(desktop, 'part.scad', `teeth = ${String(teeth)};\n$fn = ${String(detail)};\n${model}`);
}

/** Pixels in the middle of the display, where a program's canvas is. */
function canvasPoint(desktop: Desktop): [number, number] {
  return [desktop.between(500, 1100), desktop.between(300, 700)];
}

const scenarios: readonly Scenario[] = [
  {
    name: 'idle',
    class: 'idle',
    program: 'nothing',
    version: 'uname -r',
    packages: [],
    driven: 'nothing but the recording',
    open: nothing,
    drive: desktop => desktop.loop(() => desktop.pause(5)),
  },
  {
    name: 'idle-desktop',
    class: 'idle',
    program: 'LibreOffice Writer',
    driven: 'an open document that nobody touches',
    ...officeProgram('writer'),
    drive: desktop => desktop.loop(() => desktop.pause(5)),
  },
  {
    name: 'writer',
    class: 'document_editing',
    program: 'LibreOffice Writer',
    driven:
      'typing of 3 to 9 characters a second in bursts with pauses, now and then a format, a save or a jump',
    ...officeProgram('writer'),
    drive: desktop =>
      desktop.loop(async () => {
        for (let burst = 0; burst < 4; burst++) await typeProse(desktop);
        const choice = desktop.between(0, 4);
        if (choice < 1) await desktop.key('ctrl+b');
        else if (choice < 2) await desktop.key('Return');
        else if (choice < 3) await desktop.key('ctrl+Home', 'Page_Down', 'Page_Down', 'ctrl+End');
        else await desktop.pause(3, 12);
      }),
  },
  {
    name: 'calc',
    class: 'document_editing',
    program: 'LibreOffice Calc',
    driven: 'numbers and formulas typed into cells, with pauses to think',
    ...officeProgram('calc'),
    drive: desktop =>
      desktop.loop(async () => {
        const formula =
          desktop.between(0, 1) < 0.3 ? '=SUM(A1:A40)*2' : String(Math.round(desktop.between(0, 9999)));
        await desktop.type(formula, desktop.between(3, 8));
        await desktop.key(desktop.between(0, 1) < 0.8 ? 'Return' : 'Tab');
        await desktop.pause(0.2, 3);
        if (desktop.between(0, 1) < 0.1) await desktop.pause(3, 15);
      }),
  },
  {
    name: 'chromium',
    class: 'web_browsing',
    program: 'Chromium',
    version: 'chromium --version',
    packages: ['chromium'],
    driven:
      'pages with pictures and scripts from a server in a network namespace: a page is opened, scrolled and read',
    open: async desktop => {
      await startWebServer();
      await desktop.launchWindow(
        'chromium',
        'chromium',
        '--no-sandbox',
        '--no-first-run',
        '--disable-sync',
        '--disable-background-networking',
        '--disable-component-update',
        '--window-size=1500,950',
        `--user-data-dir=${desktop.folder}/profile`,
        `${WEB_ADDRESS}/page/0`,
      );
      await desktop.pause(4);
    },
    drive: async desktop => {
      let page = 1;
      await desktop.loop(async () => {
        await desktop.key('ctrl+l');
        await desktop.type(`${WEB_ADDRESS}/page/${String(page++)}`, 40);
        await desktop.key('Return');
        const scrolls = Math.floor(desktop.between(2, 14));
        for (let scroll = 0; scroll < scrolls && !desktop.isOver; scroll++) {
          await desktop.pause(0.3, 5);
          await desktop.key(desktop.between(0, 1) < 0.7 ? 'Page_Down' : 'Down');
        }
      });
    },
  },
  {
    name: 'compile-c',
    class: 'coding_development',
    program: 'gcc and make',
    version: 'gcc --version | head -1',
    packages: ['gcc', 'make'],
    driven: 'a source file is edited and the rest of the program built again, with pauses of 4 to 25 s',
    open: desktop => {
      const objects = Array.from({ length: 24 }, (_, n) => `part${String(n)}.o`);
      objects.forEach((object, n) => put(desktop, object.replace('.o', '.c'), cSource(60, n)));
      put(
        desktop,
        'Makefile',
        `all: ${objects.join(' ')}\n\tar rcs lib.a $^\n%.o: %.c\n\tgcc -O2 -c $< -o $@\n`,
      );
      return Promise.resolve();
    },
    drive: desktop =>
      desktop.loop(async () => {
        const touched = Math.ceil(desktop.between(1, 16));
        for (let n = 0; n < touched; n++) put(desktop, `part${String(n)}.c`, cSource(60, 100 * touched + n));
        await desktop.shell('make -j2 -s all');
        await desktop.pause(4, 25);
      }),
  },
  {
    name: 'compile-typescript',
    class: 'coding_development',
    program: 'tsc and eslint',
    version: 'node --version',
    packages: [],
    driven:
      'this project is type-checked and linted again after pauses of 5 to 30 s, one test file now and then',
    open: nothing,
    drive: desktop =>
      desktop.loop(async () => {
        await desktop.shell(`cd ${ROOT} && node node_modules/typescript/bin/tsc -p src/sampler --noEmit`);
        await desktop.pause(5, 30);
        if (desktop.between(0, 1) < 0.5)
          await desktop.shell(`cd ${ROOT} && node node_modules/eslint/bin/eslint.js src/log src/client`);
        else await desktop.shell(`cd ${ROOT} && node --import tsx --test test/common/*.test.ts`);
        await desktop.pause(3, 20);
      }),
  },
  {
    name: 'openscad',
    class: 'cad_3d_modeling',
    program: 'OpenSCAD',
    version: 'openscad --version 2>&1',
    packages: ['openscad'],
    driven: 'a model of gears is changed, previewed, turned and sometimes rendered',
    open: async desktop => {
      const file = putPart(desktop, 18, 24);
      await desktop.launchWindow('openscad', 'openscad', file);
      await desktop.pause(5);
    },
    drive: desktop =>
      desktop.loop(async () => {
        putPart(desktop, Math.round(desktop.between(10, 30)), Math.round(desktop.between(16, 40)));
        await desktop.pause(2, 6);
        await desktop.key('F5');
        for (let turn = 0; turn < 4 && !desktop.isOver; turn++) {
          const [x, y] = canvasPoint(desktop);
          await desktop.drag(x, y, x + desktop.between(-200, 200), y + desktop.between(-120, 120));
          await desktop.pause(0.3, 2);
        }
        if (desktop.between(0, 1) < 0.35) await desktop.key('F6');
        await desktop.pause(2, 8);
      }),
  },
  {
    name: 'blender',
    class: 'cad_3d_modeling',
    program: 'Blender',
    version: 'blender --version | head -1',
    packages: ['blender'],
    driven: 'modelling in the window: the view is turned, objects are added, moved and subdivided',
    open: async desktop => {
      await desktop.launchWindow(
        'blender',
        'blender',
        '--factory-startup',
        '--window-geometry',
        '0',
        '0',
        '1600',
        '1000',
      );
      await desktop.pause(6);
      await desktop.key('Escape');
    },
    drive: desktop =>
      desktop.loop(async () => {
        const [x, y] = canvasPoint(desktop);
        await desktop.move(x, y);
        for (let turn = 0; turn < 3 && !desktop.isOver; turn++) {
          await desktop.drag(x, y, x + desktop.between(-250, 250), y + desktop.between(-150, 150), 2);
          await desktop.pause(0.3, 2);
        }
        await desktop.key('Tab');
        await desktop.pause(0.5, 1.5);
        await desktop.key('g');
        await desktop.move(x + desktop.between(-80, 80), y + desktop.between(-80, 80));
        await desktop.click();
        await desktop.key('Tab');
        await desktop.pause(1, 5);
      }),
  },
  {
    name: 'gimp',
    class: 'graphics_design',
    program: 'GIMP',
    version: 'gimp --version 2>/dev/null | head -1',
    packages: ['gimp', 'imagemagick'],
    driven: 'a photograph-sized picture is painted on with the brush, blurred and undone',
    open: async desktop => {
      await desktop.shell('convert -size 4000x3000 plasma:fractal picture.png');
      await desktop.launchWindow('gimp', 'gimp', '--no-splash', 'picture.png');
      await desktop.pause(6);
    },
    drive: desktop =>
      desktop.loop(async () => {
        await desktop.key('p');
        for (let stroke = 0; stroke < 6 && !desktop.isOver; stroke++) {
          const [x, y] = canvasPoint(desktop);
          await desktop.drag(x, y, x + desktop.between(-250, 250), y + desktop.between(-200, 200));
          await desktop.pause(0.3, 2.5);
        }
        if (desktop.between(0, 1) < 0.5) await desktop.key('ctrl+f');
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
        await desktop.key(['r', 'e', 's', 'b'][Math.floor(desktop.between(0, 4))] ?? 's');
        for (let stroke = 0; stroke < 3 && !desktop.isOver; stroke++) {
          const [x, y] = canvasPoint(desktop);
          await desktop.drag(x, y, x + desktop.between(-200, 200), y + desktop.between(-150, 150));
          await desktop.pause(0.5, 3);
        }
        await desktop.key(desktop.between(0, 1) < 0.5 ? 'ctrl+d' : 'plus');
        await desktop.pause(1, 5);
        if (desktop.between(0, 1) < 0.3) await desktop.key('5');
      }),
  },
  {
    name: 'ffmpeg-x264',
    class: 'video_editing',
    program: 'ffmpeg',
    version: 'ffmpeg -version | head -1',
    packages: ['ffmpeg'],
    driven: 'clips of 1080p are encoded with x264 one after the other, with short pauses',
    open: nothing,
    drive: desktop =>
      desktop.loop(async () => {
        const seconds = Math.round(desktop.between(5, 20));
        await desktop.shell(
          `ffmpeg -y -loglevel error -f lavfi -i mandelbrot=size=1920x1080:rate=25 -t ${String(seconds)} -vf "hue=H=0.2*t,unsharp" -c:v libx264 -preset fast out.mp4`,
        );
        await desktop.pause(0.5, 5);
      }),
  },
  {
    name: 'melt',
    class: 'video_editing',
    program: 'melt (MLT, the engine of Kdenlive and Shotcut)',
    version: 'melt --version 2>&1 | head -1',
    packages: ['melt', 'ffmpeg'],
    driven: 'a timeline of two clips with a dissolve and a title is rendered again after pauses',
    open: desktop =>
      desktop.shell(
        'for c in a b; do ffmpeg -y -loglevel error -f lavfi -i testsrc2=size=1280x720:rate=25 -t 20 -c:v libx264 -preset ultrafast $c.mp4; done',
      ),
    drive: desktop =>
      desktop.loop(async () => {
        await desktop.shell(
          'melt a.mp4 b.mp4 -mix 50 -mixer luma -attach brightness level=0.9 -consumer avformat:out.mp4 vcodec=libx264 preset=medium',
        );
        await desktop.pause(2, 10);
      }),
  },
  {
    name: 'neverball',
    class: 'gaming',
    program: 'Neverball',
    version: "dpkg-query -W -f '${Version}' neverball",
    packages: ['neverball', 'libgl1-mesa-dri'],
    driven: 'played with the mouse, drawn by the processor (Mesa llvmpipe)',
    open: async desktop => {
      await desktop.launchWindow('neverball', 'neverball');
      await desktop.pause(5);
      for (let press = 0; press < 4; press++) {
        await desktop.key('Return');
        await desktop.pause(1.5);
      }
    },
    drive: desktop =>
      desktop.loop(async () => {
        await desktop.move(desktop.between(500, 1100), desktop.between(350, 650));
        await desktop.pause(0.1, 0.5);
        if (desktop.between(0, 1) < 0.05) await desktop.key('Return');
      }),
  },
  {
    name: 'extremetuxracer',
    class: 'gaming',
    program: 'Extreme Tux Racer',
    version: "dpkg-query -W -f '${Version}' extremetuxracer",
    packages: ['extremetuxracer', 'libgl1-mesa-dri'],
    driven: 'raced with the keyboard, drawn by the processor (Mesa llvmpipe)',
    open: async desktop => {
      await desktop.launchWindow('etr|tux', 'etr');
      await desktop.pause(6);
      for (let press = 0; press < 6; press++) {
        await desktop.key('Return');
        await desktop.pause(2);
      }
    },
    drive: desktop =>
      desktop.loop(async () => {
        const key = ['Left', 'Right', 'Up', 'Down'][Math.floor(desktop.between(0, 4))] ?? 'Up';
        await desktop.hold(key, desktop.between(0.2, 1.2));
        if (desktop.between(0, 1) < 0.1) await desktop.key('Return');
      }),
  },
  {
    name: 'backup',
    class: 'system_maintenance',
    program: 'tar and xz',
    version: 'xz --version | head -1',
    packages: ['xz-utils'],
    driven: 'a system folder is backed up compressed, checked, and copied without compression',
    open: nothing,
    drive: desktop =>
      desktop.loop(async () => {
        await desktop.shell('tar -cf - /usr/share/doc /usr/lib/gcc | xz -T1 -1 > backup.tar.xz');
        await desktop.shell('xz -t backup.tar.xz && sync');
        await desktop.shell('tar -cf copy.tar /usr/lib/x86_64-linux-gnu; sync; rm -f copy.tar');
        await desktop.pause(0.5, 3);
      }),
  },
  {
    name: 'packages',
    class: 'system_maintenance',
    program: 'dpkg and find',
    version: 'dpkg --version | head -1',
    packages: [],
    driven:
      'installed packages are verified against their checksums, archives unpacked, the file system searched',
    open: desktop =>
      desktop.shell('apt-get download -q libreoffice-core blender-data openscad gimp-data 2>/dev/null; true'),
    drive: desktop =>
      desktop.loop(async () => {
        await desktop.shell('dpkg --verify coreutils perl libc6 git chromium > /dev/null');
        await desktop.shell('for d in *.deb; do rm -rf unpacked; dpkg-deb -x "$d" unpacked; done; sync');
        await desktop.shell(
          'find / -xdev -type f -newer /etc/hostname > found.txt 2>/dev/null; sort found.txt > sorted.txt',
        );
        await desktop.pause(0.5, 4);
      }),
  },
];

/** All scenarios. */
export function listScenarios(): readonly Scenario[] {
  return scenarios;
}
