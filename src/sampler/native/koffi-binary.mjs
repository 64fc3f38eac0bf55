import { closeSync, openSync, readSync } from 'node:fs';

// Plain JavaScript, so that the build script can import it as well; the types are in koffi-binary.d.mts.

const BINARIES = {
  'linux-x64-glibc': 'koffi-linux-x64/linux_x64',
  'linux-x64-musl': 'koffi-linux-x64/musl_x64',
  'linux-arm64-glibc': 'koffi-linux-arm64/linux_arm64',
  'linux-arm64-musl': 'koffi-linux-arm64/musl_arm64',
  'linux-arm-glibc': 'koffi-linux-arm/linux_armhf',
  'win32-x64': 'koffi-win32-x64/win32_x64',
  'win32-arm64': 'koffi-win32-arm64/win32_arm64',
  'darwin-x64': 'koffi-darwin-x64/darwin_x64',
  'darwin-arm64': 'koffi-darwin-arm64/darwin_arm64',
};

export function koffiBinary(platform, arch, libc) {
  const key = platform === 'linux' ? `${platform}-${arch}-${libc}` : `${platform}-${arch}`;
  return Object.hasOwn(BINARIES, key) ? `@koromix/${BINARIES[key]}/koffi.node` : undefined;
}

export function hostLibc() {
  if (process.platform !== 'linux') return 'glibc';
  // The ELF program headers and the name of the interpreter stand in the first page of the executable.
  const head = Buffer.alloc(4096);
  const fd = openSync(process.execPath, 'r');
  try {
    readSync(fd, head, 0, head.length, 0);
  } finally {
    closeSync(fd);
  }
  return head.includes('/ld-musl-') ? 'musl' : 'glibc';
}
