import path from 'node:path';
import { hostLibc, koffiBinary } from '../../src/sampler/native/koffi-binary.mjs';
import { ROOT } from './paths.mjs';
import { UserError } from './terminal.mjs';

/**
 * Platforms that a package can be made for, by the name that `vsce` and the Marketplace give them, with what Node calls
 * them and the C library.
 *
 * @type {Record<string, [NodeJS.Platform, NodeJS.Architecture, import('../../src/sampler/native/koffi-binary.mjs').Libc]>}
 */
const PLATFORMS = {
  'linux-x64': ['linux', 'x64', 'glibc'],
  'linux-arm64': ['linux', 'arm64', 'glibc'],
  'alpine-x64': ['linux', 'x64', 'musl'],
  'win32-x64': ['win32', 'x64', 'glibc'],
  'win32-arm64': ['win32', 'arm64', 'glibc'],
  'darwin-x64': ['darwin', 'x64', 'glibc'],
  'darwin-arm64': ['darwin', 'arm64', 'glibc'],
  'linux-armhf': ['linux', 'arm', 'glibc'],
  'alpine-arm64': ['linux', 'arm64', 'musl'],
};

/** Names of all platforms that a package can be made for. */
export const TARGETS = Object.keys(PLATFORMS);

/** Those that a release is made for: where VS Code or its server commonly runs. */
export const RELEASED_TARGETS = TARGETS.slice(0, 7);

/**
 * This platform as `vsce` and the Marketplace name it: `linux-x64`, `alpine-arm64`, `darwin-arm64`, `win32-x64`.
 */
export function vsixTarget() {
  const os = process.platform === 'linux' && hostLibc() === 'musl' ? 'alpine' : process.platform;
  const cpu = process.arch === 'arm' ? 'armhf' : process.arch;
  return `${os}-${cpu}`;
}

/**
 * Path of koffi's binary below `node_modules`, with forward slashes: that of the package of a platform.
 *
 * @param {string} target as {@link TARGETS} has it
 * @throws {UserError} when koffi has none
 */
export function koffiBinaryFor(target) {
  const platform = PLATFORMS[target];
  const binary = platform === undefined ? undefined : koffiBinary(...platform);
  if (binary === undefined) throw new UserError(`koffi has no binary for ${target}.`);
  return binary;
}

/**
 * Path of koffi's binary for this platform.
 *
 * @throws {UserError} when koffi has none
 */
export function koffiFile() {
  return path.join(ROOT, 'node_modules', koffiBinaryFor(vsixTarget()));
}
