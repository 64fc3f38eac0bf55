import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Desktop } from './desktop.ts';

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

/** The {@link Scenario.open} of what has nothing to start. */
export const nothing = (): Promise<void> => Promise.resolve();

/** Shell command line that prints the version of a Debian package. */
export function versionOf(debianPackage: string): string {
  return `dpkg-query -W -f '\${Version}' ${debianPackage}`;
}

/** Writes a file below the desktop's folder and returns its path. */
export function put(desktop: Desktop, name: string, content: string): string {
  const file = path.join(desktop.folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** Pixels in the middle of the display, where a program's canvas is. */
export function canvasPoint(desktop: Desktop): [number, number] {
  return [desktop.between(500, 1100), desktop.between(300, 700)];
}

export const PROSE =
  'The measurements of the third week agree with those of the first within the error of the instrument. We therefore conclude that the drift seen in between was caused by the temperature of the room. ';

/** Types a part of a text as a person does, and pauses. */
export async function typeProse(desktop: Desktop): Promise<void> {
  const start = Math.floor(desktop.between(0, PROSE.length - 60));
  await desktop.type(PROSE.slice(start, start + Math.floor(desktop.between(15, 60))), desktop.between(3, 9));
  await desktop.pause(0.3, 6);
}

/** LibreOffice with a new document of a kind, or with one that is there. */
export function officeProgram(
  name: 'writer' | 'calc' | 'impress',
  documentOf: (desktop: Desktop) => readonly string[] = () => [`--${name}`],
): Pick<Scenario, 'version' | 'packages' | 'open'> {
  return {
    version: 'libreoffice --version',
    packages: [`libreoffice-${name}`],
    open: async desktop => {
      await desktop.launchWindow(
        'libreoffice|soffice',
        'libreoffice',
        '--norestore',
        '--nologo',
        ...documentOf(desktop),
      );
      await desktop.pause(8);
    },
  };
}
