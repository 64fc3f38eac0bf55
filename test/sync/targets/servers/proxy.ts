import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import type { Certificate } from './webdav.ts';

/** A request that has come by. */
export interface Passed {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  /** Names and values, in turn. */
  readonly headers: readonly string[];
  /** Of its body. */
  readonly sha256: string;
  readonly status: number;
}

export interface Proxy {
  readonly url: string;
  readonly passed: Passed[];
  stop(): void;
}

/**
 * A proxy that hands everything on as it is, and remembers it. With a certificate it ends TLS and says nothing of that to the
 * server behind it, as many in front of a home server do.
 */
export async function startProxy(behind: string, certificate?: Certificate): Promise<Proxy> {
  const passed: Passed[] = [];
  const hand: http.RequestListener = (request, response) => {
    const { method = '', url = '', rawHeaders } = request;
    const hash = createHash('sha256');
    const onward = http.request(new URL(url, behind), { method, headers: rawHeaders }, answer => {
      const status = answer.statusCode ?? 0;
      response.writeHead(status, answer.headers);
      answer.pipe(response);
      const remember = (): void =>
        void passed.push({ method, target: url, headers: rawHeaders, sha256: hash.digest('hex'), status });
      if (request.readableEnded) remember();
      else request.once('end', remember);
    });
    onward.on('error', () => response.destroy());
    request.on('data', (piece: Buffer) => hash.update(piece)).pipe(onward);
  };
  const server = certificate ? https.createServer(certificate, hand) : http.createServer(hand);
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${await listen(server)}/`;
  return {
    url,
    passed,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Bytes that have come by, from a client and from the server. */
export interface Traffic {
  up: number;
  down: number;
}

export interface Cutter {
  readonly url: string;
  readonly traffic: Traffic;
  stop(): void;
}

/** A line to a server that is cut for good after so many bytes of one direction. */
export async function startCutter(behind: string, cut: Partial<Traffic> = {}): Promise<Cutter> {
  const { port } = new URL(behind);
  const traffic = { up: 0, down: 0 };
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const server = net.createServer(near => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = net.connect(Number(port), '127.0.0.1');
    for (const [from, to, way] of [
      [near, far, 'up'],
      [far, near, 'down'],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.on('data', (piece: Buffer) => {
        const left = (cut[way] ?? Number.POSITIVE_INFINITY) - traffic[way];
        traffic[way] += piece.length;
        if (piece.length < left) {
          to.write(piece);
          return;
        }
        isCut = true;
        to.write(piece.subarray(0, left), () => {
          for (const socket of sockets) socket.destroy();
        });
      });
    }
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}/`,
    traffic,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Listens on a port of 127.0.0.1 that the system chooses, and gives it. */
export async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
