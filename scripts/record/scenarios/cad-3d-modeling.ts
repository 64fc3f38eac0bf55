import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../lib/paths.mjs';
import type { Desktop } from '../desktop.ts';
import { canvasPoint, nothing, put, type Scenario } from '../scenario.ts';

export function listCad3dModeling(): readonly Scenario[] {
  return [
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
          if (desktop.chance(0.35)) await desktop.key('F6');
          await desktop.pause(2, 8);
        }),
    },
    {
      name: 'openscad-export',
      class: 'cad_3d_modeling',
      program: 'OpenSCAD, exporting',
      version: 'openscad --version 2>&1',
      packages: ['openscad'],
      driven:
        'a model of gears is changed and computed for printing on the command line, with pauses of 2 to 12 s',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          putPart(desktop, Math.round(desktop.between(10, 24)), Math.round(desktop.between(12, 28)));
          await desktop.shell('openscad -o part.stl part.scad');
          await desktop.pause(2, 12);
        }),
    },
    {
      name: 'blender',
      class: 'cad_3d_modeling',
      program: 'Blender',
      version: 'blender --version | head -1',
      packages: ['blender'],
      driven: 'modelling in the window: the view is turned, the points of an object moved in edit mode',
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
      name: 'blender-cycles',
      class: 'cad_3d_modeling',
      program: 'Blender, rendering (Cycles on the processor)',
      version: 'blender --version | head -1',
      packages: ['blender'],
      driven: 'a scene is changed and a picture of it rendered, with pauses of 2 to 15 s',
      open: nothing,
      drive: desktop =>
        desktop.loop(async () => {
          const samples = String(Math.round(desktop.between(8, 40)));
          const heads = String(Math.round(desktop.between(2, 6)));
          await desktop.shell(
            `blender --background --factory-startup --python ${programFile('cycles.py')} -- ${heads} ${samples}`,
          );
          await desktop.pause(2, 15);
        }),
    },
    {
      name: 'freecad',
      class: 'cad_3d_modeling',
      program: 'FreeCAD',
      version: "dpkg-query -W -f '${Version}' freecad",
      packages: ['freecad'],
      driven:
        'a plate with holes and rounded edges: a dimension is changed and the body computed, the view turned and zoomed',
      open: async desktop => {
        putPlate(desktop, 5);
        // Its start page is a browser that does not run as root in a sandbox.
        await desktop.launchWindow(
          'freecad',
          'env',
          'QTWEBENGINE_DISABLE_SANDBOX=1',
          'PYTHONDONTWRITEBYTECODE=1',
          'freecad',
          programFile('plate.py'),
        );
        await desktop.pause(8);
      },
      drive: desktop =>
        desktop.loop(async () => {
          putPlate(desktop, Math.round(desktop.between(3, 11)));
          await desktop.pause(2, 6);
          for (let turn = 0; turn < 4 && !desktop.isOver; turn++) {
            const [x, y] = canvasPoint(desktop);
            await desktop.drag(x, y, x + desktop.between(-200, 200), y + desktop.between(-120, 120), 2);
            await desktop.pause(0.3, 2);
            if (desktop.chance(0.3)) await desktop.click(desktop.pick([4, 5]));
          }
          await desktop.pause(1, 8);
        }),
    },
  ];
}

/** A file that one of the programs runs. */
function programFile(name: string): string {
  return path.join(ROOT, 'scripts', 'record', name);
}

/** Writes a version of the gears. */
function putPart(desktop: Desktop, teeth: number, detail: number): string {
  const model = readFileSync(programFile('part.scad'), 'utf8');
  return put(desktop, 'part.scad', `teeth = ${String(teeth)};\n$fn = ${String(detail)};\n${model}`);
}

/** Writes how many rows of holes the plate is to have. */
function putPlate(desktop: Desktop, rows: number): void {
  put(desktop, 'plate.txt', String(rows));
}
