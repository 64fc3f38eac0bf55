import { RefusedFault } from '../faults.ts';

/**
 * Credentials of the Basic scheme (RFC 7617), in UTF-8. Whoever sends them takes care that nobody else can read them.
 *
 * @throws RefusedFault for a user name that the scheme cannot carry
 */
export function basicAuthorization(user: string, password: string): string {
  if (user.includes(':'))
    throw new RefusedFault('a user name with a colon cannot be used with WebDAV', 'Use another account');
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** The schemes that a server offers in `WWW-Authenticate` (RFC 9110, 11.6.1), in lower case. */
export function schemesOf(header: string | undefined): string[] {
  // A scheme is a word that no "=" follows; what stands in quotes can hold anything.
  const bare = (header ?? '').slice(0, 4096).replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...bare.matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[^\s=,]|\s*(?:,|$))/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
}
