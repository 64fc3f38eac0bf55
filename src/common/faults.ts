/** What common system error codes mean, in words a user can act on. */
const MEANING: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'not found',
  ENOTDIR: 'not a folder',
  EISDIR: 'is a folder',
  EEXIST: 'exists already',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  EIO: 'input/output error',
  ENODEV: 'no such device',
  EBUSY: 'device busy',
  ENOTSUP: 'not supported',
  EOPNOTSUPP: 'not supported',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ENAMETOOLONG: 'path too long',
  ELOOP: 'too many symbolic links',
  EINVAL: 'invalid argument',
  ESTALE: 'stale network file handle',
  ETIMEDOUT: 'timed out',
};

/**
 * Describes an error for a log or a message without the paths, addresses and names that system errors carry in their
 * texts: the code and its meaning, or the text with everything that looks like a path or an address left out.
 */
export function describeFault(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined && /^[A-Z][A-Z0-9_]*$/.test(code)) {
    const meaning = MEANING[code];
    return meaning === undefined ? code : `${meaning} (${code})`;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return withoutPaths(text.slice(0, 4096)).slice(0, 300);
}

/** The system's error code (`ENOENT`, …) of an error, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What gives away a path, a name or an address, in the order in which it is taken out. */
const TELLTALES: readonly RegExp[] = [
  // Quoted text, up to the last quote of its kind in the line: a name may hold quotes itself.
  /(?<!\w)(['"`]).*\1(?!\w)/g,
  // An absolute path (POSIX, drive, network share, home, on a host): its names may hold spaces, brackets and commas, so
  // all up to the colon that system messages put after it, or the end of the line.
  /(?<![^\s'"`([{<>=,:;|])(?:[\w.-]+:)?(?:[\\/]|~\w*[\\/]).*?(?=: |$)/gm,
  // A relative path, a URL, an account on a host.
  /(?<!\S)\S*[\\/@]\S*/g,
  // IPv6, with an IPv4 tail or a zone, and colon-separated MAC addresses.
  /(?<!\w)(?:[0-9a-f]{0,4}:){2,}[0-9a-f]{0,4}(?:\.\d{1,3}){0,3}(?:%[\w.-]+)?/gi,
  // IPv4.
  /\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
  // MAC addresses in the other two spellings.
  /\b(?:[0-9a-f]{2}-){5,}[0-9a-f]{2}\b|\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b/gi,
];

/**
 * Replaces file paths, quoted names and network addresses in a text by `…`. Where it cannot tell where a path ends, it
 * takes out more: a text that says less is better than one that names a user.
 */
export function withoutPaths(text: string): string {
  return TELLTALES.reduce((rest, telltale) => rest.replace(telltale, '…'), text);
}
