import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './webdav.ts';

/**
 * A proxy that ends TLS before a server of plain HTTP and says nothing of that, as many in front of a home server do.
 */
export async function startTlsProxy(
  behind: string,
  certificate: Certificate,
): Promise<{ readonly url: string; readonly answers: string[]; stop(): void }> {
  const answers: string[] = [];
  const server = https.createServer(certificate, (request, response) => {
    const { method = '', url = '', headers } = request;
    const onward = http.request(new URL(url, behind), { method, headers }, answer => {
      answers.push(`${method} ${answer.statusCode}`);
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answers,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
