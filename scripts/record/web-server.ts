import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEnd, end, run, start } from '../lib/children.mjs';
import { ROOT } from '../lib/paths.mjs';

const NAMESPACE = 'optimetrics-web';

const PROGRAM = path.join(ROOT, 'scripts/record/web-pages.mjs');
/** The server's address, for a browser that is to reach nothing else. */
export const WEB_HOST = '10.231.7.2';
const PORT = '8080';

/** Where its pages are: `/page/<number>` below this, and `/watch/<number>` with a video. */
export const WEB_ADDRESS = `http://${WEB_HOST}:${PORT}`;

/**
 * Starts a web server in a network namespace of its own, connected by a pair of virtual interfaces, so that what a browser loads
 * crosses an interface that is counted (loopback is not). Needs root. It ends with this process.
 *
 * @param video file of the video on its pages
 */
export async function startWebServer(video = ''): Promise<void> {
  await run('ip', ['netns', 'delete', NAMESPACE]).catch(() => undefined);
  for (const command of [
    `netns add ${NAMESPACE}`,
    `link add optiweb0 type veth peer name optiweb1 netns ${NAMESPACE}`,
    'addr add 10.231.7.1/30 dev optiweb0',
    'link set optiweb0 up',
    `-n ${NAMESPACE} addr add ${WEB_HOST}/30 dev optiweb1`,
    `-n ${NAMESPACE} link set optiweb1 up`,
  ]) {
    await run('ip', command.split(' '));
  }
  const server: ChildProcess = start(
    'ip',
    ['netns', 'exec', NAMESPACE, process.execPath, PROGRAM, WEB_HOST, PORT, video],
    {
      stdio: 'ignore',
    },
  );
  beforeEnd(async () => {
    await end(server);
    await run('ip', ['netns', 'delete', NAMESPACE]).catch(() => undefined);
  });
  await delay(1_000);
}
