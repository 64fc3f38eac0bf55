import path from 'node:path';
import { hostLibc, koffiBinary } from '../../src/sampler/native/koffi-binary.mjs';
import { ROOT } from './paths.mjs';
import { UserError } from './terminal.mjs';

/**
 * This platform as `vsce` and the Marketplace name it: `linux-x64`, `alpine-arm64`, `darwin-arm64`, `win32-x64`.
 */
export function vsixTarget() {
  const os = process.platform === 'linux' && hostLibc() === 'musl' ? 'alpine' : process.platform;
  const cpu = process.arch === 'arm' ? 'armhf' : process.arch;
  return `${os}-${cpu}`;
}

/**
 * Path of koffi's binary for this platform.
 *
 * @throws {UserError} when koffi has none
 */
export function koffiFile() {
  const binary = koffiBinary(process.platform, process.arch, hostLibc());
  if (binary === undefined)
    throw new UserError(`koffi has no binary for ${process.platform} ${process.arch}.`);
  return path.join(ROOT, 'node_modules', binary);
}
