import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A key and a certificate (PEM) for 127.0.0.1 that nobody but itself vouches for. */
export async function selfSigned(): Promise<{ readonly key: string; readonly cert: string }> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'optimetrics-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map(name => path.join(folder, name)) as [string, string];
  try {
    await promisify(execFile)('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ]);
    return { key: await fs.readFile(key, 'utf8'), cert: await fs.readFile(cert, 'utf8') };
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
