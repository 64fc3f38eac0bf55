import { codeOf } from '../../common/faults.ts';
import { PassingFault, RefusedFault, TargetFault } from '../targets/faults.ts';

/** Codes of Node's `tls` and OpenSSL for a certificate that is not to be trusted. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/;

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known here; there may be no network',
  EAI_AGAIN: 'names cannot be looked up; there may be no network',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  ENETUNREACH: 'there is no network that leads there',
  EHOSTUNREACH: 'there is no network that leads there',
};

/**
 * What kept a request from its answer, as a fault. Errors of ours and of whoever gave the bytes to send stay as they are; no
 * message has an address.
 */
export function networkFault(error: unknown, party: string): unknown {
  if (error instanceof TargetFault) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  if (code === 'ENOTLOOPBACK')
    return new RefusedFault(
      `the address of ${party} begins with http:// and is not of this machine`,
      'Use https://',
    );
  if (CERTIFICATE.test(code))
    return new RefusedFault(
      `the certificate of ${party} cannot be trusted (${code})`,
      'Check the address and the clock; for an authority of your own, name its certificate in NODE_EXTRA_CA_CERTS',
    );
  if (isOfFile(error)) return error;
  // Of Node's parser.
  if (code.startsWith('HPE_')) return new PassingFault(`${party} answers with something that is not HTTP`);
  return new PassingFault(`${party} cannot be reached: ${WORDS[code] ?? code}`);
}

/** Reading what is to be sent can fail as well; such errors name a file. */
function isOfFile(error: unknown): boolean {
  return error instanceof Error && 'path' in error && !('address' in error);
}
