const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])$/;

/**
 * Where a browser is sent back to after a sign-in: to the port of this machine that listens, or to the port through which VS Code
 * reaches that from the machine with the browser. Google takes nothing but ports of the browser's own machine from programs that
 * are installed; where VS Code offers another address, the answer has to be pasted.
 *
 * @param listening address of the listener
 * @param external what VS Code makes of it
 */
export function redirectFor(listening: string, external: string): string {
  let url: URL;
  try {
    url = new URL(external);
  } catch {
    return listening;
  }
  const isPort = url.protocol === 'http:' && url.port !== '' && url.pathname === '/';
  // By its number: a name can be made to lead elsewhere.
  return isPort && LOOPBACK.test(url.hostname) ? `http://127.0.0.1:${url.port}/` : listening;
}
