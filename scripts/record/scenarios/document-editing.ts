import type { Desktop } from '../desktop.ts';
import { officeProgram, PROSE, put, type Scenario, typeProse, versionOf } from '../scenario.ts';

export function listDocumentEditing(): readonly Scenario[] {
  return [
    {
      name: 'writer',
      class: 'document_editing',
      program: 'LibreOffice Writer',
      driven:
        'typing of 3 to 9 characters a second in bursts with pauses, now and then a format, a new paragraph or a jump',
      ...officeProgram('writer'),
      drive: writeText,
    },
    {
      name: 'calc',
      class: 'document_editing',
      program: 'LibreOffice Calc',
      driven: 'numbers and formulas typed into cells, with pauses to think',
      ...officeProgram('calc'),
      drive: fillCells,
    },
    {
      name: 'impress',
      class: 'document_editing',
      program: 'LibreOffice Impress',
      driven: 'slides are added, titles and points typed, the slides leafed through',
      ...officeProgram('impress', desktop => [put(desktop, 'slides.fodp', slides())]),
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key('ctrl+m');
          for (let placeholder = 0; placeholder < 2; placeholder++) {
            await desktop.pause(0.5, 2);
            await desktop.key('ctrl+Return');
            await typeProse(desktop);
          }
          for (let point = 0; point < 3 && !desktop.isOver; point++) {
            await desktop.key('Return');
            await typeProse(desktop);
          }
          await desktop.key('Escape', 'Escape');
          if (desktop.chance(0.5)) await desktop.key('Page_Up', 'Page_Up', 'Page_Down');
          await desktop.pause(1, 8);
        }),
    },
    {
      name: 'abiword',
      class: 'document_editing',
      program: 'AbiWord',
      version: versionOf('abiword'),
      packages: ['abiword'],
      driven: 'typing of 3 to 9 characters a second in bursts with pauses, now and then a format or a jump',
      open: async desktop => {
        await desktop.launchWindow('abiword', 'abiword');
        await desktop.pause(4);
      },
      drive: writeText,
    },
    {
      name: 'gnumeric',
      class: 'document_editing',
      program: 'Gnumeric',
      version: versionOf('gnumeric'),
      packages: ['gnumeric'],
      driven: 'numbers and formulas typed into cells, with pauses to think',
      open: async desktop => {
        await desktop.launchWindow('gnumeric', 'gnumeric', '--no-splash');
        await desktop.pause(4);
      },
      drive: fillCells,
    },
    {
      name: 'evince',
      class: 'document_editing',
      program: 'Evince',
      version: versionOf('evince'),
      packages: ['evince', 'dbus-daemon', 'libreoffice-writer'],
      driven: 'a long PDF is read: pages turned, zoomed, a word looked for',
      open: async desktop => {
        put(desktop, 'paper.txt', `${PROSE.repeat(4)}\n\n`.repeat(400));
        await desktop.shell('libreoffice --headless --convert-to pdf paper.txt');
        await desktop.launchWindow('evince', 'dbus-run-session', '--', 'evince', 'paper.pdf');
        await desktop.pause(4);
      },
      drive: desktop =>
        desktop.loop(async () => {
          await desktop.key(desktop.pick(['Page_Down', 'Page_Down', 'Down', 'Page_Up']));
          await desktop.pause(1, 12);
          if (desktop.chance(0.15)) await desktop.key(desktop.pick(['ctrl+plus', 'ctrl+minus']));
          if (desktop.chance(0.08)) {
            await desktop.key('ctrl+f');
            await desktop.type('temperature', desktop.between(3, 9));
            await desktop.key('Return');
            await desktop.pause(1, 4);
            await desktop.key('Escape');
          }
        }),
    },
  ];
}

function writeText(desktop: Desktop): Promise<void> {
  return desktop.loop(async () => {
    for (let burst = 0; burst < 4; burst++) await typeProse(desktop);
    const choice = desktop.between(0, 4);
    if (choice < 1) await desktop.key('ctrl+b');
    else if (choice < 2) await desktop.key('Return');
    else if (choice < 3) await desktop.key('ctrl+Home', 'Page_Down', 'Page_Down', 'ctrl+End');
    else await desktop.pause(3, 12);
  });
}

function fillCells(desktop: Desktop): Promise<void> {
  return desktop.loop(async () => {
    const formula = desktop.chance(0.3) ? '=SUM(A1:A40)*2' : String(Math.round(desktop.between(0, 9999)));
    await desktop.type(formula, desktop.between(3, 8));
    await desktop.key(desktop.chance(0.8) ? 'Return' : 'Tab');
    await desktop.pause(0.2, 3);
    if (desktop.chance(0.1)) await desktop.pause(3, 15);
  });
}

/** A presentation of one slide, as flat OpenDocument: with a file there is no question for a template. */
function slides(): string {
  const names = { office: 'office', draw: 'drawing', presentation: 'presentation', text: 'text' };
  const spaces = Object.entries(names).map(
    ([prefix, name]) => `xmlns:${prefix}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`,
  );
  const frame = (kind: string, top: number, height: number): string =>
    `<draw:frame presentation:class="${kind}" svg:x="2cm" svg:y="${String(top)}cm" svg:width="24cm" svg:height="${String(height)}cm"><draw:text-box><text:p>Results</text:p></draw:text-box></draw:frame>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document ${spaces.join(' ')} xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.presentation">
<office:body><office:presentation><draw:page draw:name="first">${frame('title', 1, 3)}${frame('outline', 5, 9)}</draw:page></office:presentation></office:body>
</office:document>`;
}
