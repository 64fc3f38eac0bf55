import { chromium } from 'playwright-core';
import { findChromium } from './system-packages.mjs';

/** Nothing that a page asks for leaves the machine. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/**
 * Starts a Chromium without a screen that can reach nothing but this machine.
 *
 * @param {readonly string[]} [flags] more of them
 */
export function launchChromium(flags = []) {
  return chromium.launch({ executablePath: findChromium(), args: [...FLAGS, ...flags] });
}
