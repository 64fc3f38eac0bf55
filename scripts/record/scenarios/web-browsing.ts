import type { Desktop } from '../desktop.ts';
import { put, type Scenario, versionOf } from '../scenario.ts';
import { startWebServer, WEB_ADDRESS, WEB_HOST } from '../web-server.ts';

export function listWebBrowsing(): readonly Scenario[] {
  return [
    {
      name: 'chromium',
      class: 'web_browsing',
      program: 'Chromium',
      version: 'chromium --version 2>/dev/null',
      packages: ['chromium'],
      driven:
        'pages with pictures and scripts from a server in a network namespace: a page is opened, scrolled and read',
      open: async desktop => {
        await startWebServer();
        await openChromium(desktop, `${WEB_ADDRESS}/page/0`);
      },
      drive: browse,
    },
    {
      name: 'chromium-video',
      class: 'web_browsing',
      program: 'Chromium, watching videos',
      version: 'chromium --version 2>/dev/null',
      packages: ['chromium', 'ffmpeg'],
      driven:
        'pages with a video of 720p from a server in a network namespace: watched for 15 to 50 s, the text below scrolled',
      open: async desktop => {
        await desktop.shell(
          'ffmpeg -y -loglevel error -f lavfi -i testsrc2=size=1280x720:rate=30,noise=alls=10:allf=t -t 30 -c:v libx264 -preset veryfast -crf 28 -pix_fmt yuv420p clip.mp4',
        );
        await startWebServer(`${desktop.folder}/clip.mp4`);
        await openChromium(desktop, `${WEB_ADDRESS}/watch/0`);
      },
      drive: async desktop => {
        let page = 1;
        await desktop.loop(async () => {
          await desktop.key('ctrl+l');
          await desktop.type(`${WEB_ADDRESS}/watch/${String(page++)}`, 40);
          await desktop.key('Return');
          await desktop.pause(15, 50);
          for (let scroll = 0; scroll < 4 && desktop.chance(0.5); scroll++) {
            await desktop.key(scroll % 2 === 0 ? 'Page_Down' : 'Page_Up');
            await desktop.pause(1, 6);
          }
        });
      },
    },
    {
      name: 'firefox',
      class: 'web_browsing',
      program: 'Firefox',
      version: versionOf('firefox-esr'),
      packages: ['firefox-esr'],
      driven:
        'pages with pictures and scripts from a server in a network namespace: a page is opened, scrolled and read',
      open: async desktop => {
        await startWebServer();
        put(desktop, 'profile/user.js', firefoxPreferences());
        await desktop.launchWindow(
          'firefox|navigator',
          'firefox-esr',
          '--no-remote',
          '--profile',
          `${desktop.folder}/profile`,
          `${WEB_ADDRESS}/page/0`,
        );
        await desktop.pause(6);
      },
      drive: browse,
    },
  ];
}

/** @param address a page, or `--app=` and a page for a window without tabs and address */
export async function openChromium(desktop: Desktop, address: string): Promise<void> {
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
    address,
  );
  await desktop.pause(4);
}

/** Opens one page after the other and reads it; a browser's address is where Ctrl+L goes. */
async function browse(desktop: Desktop): Promise<void> {
  let page = 1;
  await desktop.loop(async () => {
    await desktop.key('ctrl+l');
    await desktop.type(`${WEB_ADDRESS}/page/${String(page++)}`, 40);
    await desktop.key('Return');
    const scrolls = Math.floor(desktop.between(2, 14));
    for (let scroll = 0; scroll < scrolls && !desktop.isOver; scroll++) {
      await desktop.pause(0.3, 5);
      await desktop.key(desktop.chance(0.7) ? 'Page_Down' : 'Down');
    }
  });
}

/** No welcome, and nothing but our server: what Firefox would fetch for itself goes to a proxy that is not there. */
function firefoxPreferences(): string {
  const preferences = {
    'browser.aboutwelcome.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'browser.startup.homepage_override.mstone': 'ignore',
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': 9,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': 9,
    'network.proxy.no_proxies_on': WEB_HOST,
  };
  return Object.entries(preferences)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}
