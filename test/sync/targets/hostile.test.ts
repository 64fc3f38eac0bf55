import assert from 'node:assert/strict';
import http from 'node:http';
import { afterEach, describe, test } from 'node:test';
import { HttpClient } from '../../../src/sync/http/http-client.ts';
import { PassingFault, RefusedFault, TargetFault } from '../../../src/sync/targets/faults.ts';
import { s3Target } from '../../../src/sync/targets/s3/s3.ts';
import type { Parcel, Target } from '../../../src/sync/targets/target.ts';
import { webdavTarget } from '../../../src/sync/targets/webdav/webdav.ts';
import { assertFault } from './assert-fault.ts';
import { bytesOf, contextOf, MemoryNote, NEVER, parcelOf } from './parcels.ts';
import { listen } from './servers/proxy.ts';

const SECRETS = ['jo', 'pass word', 'KEYID', 'SECRETKEY', 'TOKEN', '127.0.0.1'];
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serving(handle: http.RequestListener): Promise<string> {
  const server = http.createServer(handle);
  const port = await listen(server);
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}/`;
}

type Make = (url: string) => Target;
const client = () => {
  const made = new HttpClient({ party: 'the server', patience: { stallMs: 300, replyMs: 300 } });
  ends.push(() => made.close());
  return made;
};
const targets: readonly (readonly [string, Make])[] = [
  ['WebDAV', url => webdavTarget({ url, user: 'jo', password: 'pass word', http: client() })],
  [
    'S3',
    url =>
      s3Target({
        endpoint: url,
        bucket: 'uploads',
        region: 'us-east-1',
        prefix: '',
        credentials: { accessKeyId: 'KEYID', secretAccessKey: 'SECRETKEY', sessionToken: 'TOKEN' },
        http: client(),
      }),
  ],
];
const small = parcelOf(bytesOf(100_000));
const large = parcelOf(bytesOf(9_000_000));

/** All that is done with a target, for a file that is sent whole and one that S3 sends in parts. */
const everything = (
  target: Target,
  parcels: readonly Parcel[] = [small, large],
): (() => Promise<unknown>)[] =>
  parcels.flatMap(parcel => [
    () => target.send(parcel, contextOf()),
    () => {
      const note = new MemoryNote();
      note.text = 'an-upload';
      return target.send(parcel, contextOf(note));
    },
    () => target.confirm(parcel, NEVER),
    () => target.remove(parcel.path, NEVER),
  ]);

for (const [name, make] of targets)
  describe(`${name} at a hostile server`, () => {
    test('goes after no redirect, and sends nothing to where one leads', async () => {
      let elsewhere = 0;
      const other = await serving((_request, response) => {
        elsewhere++;
        response.end();
      });
      for (const [status, location] of [
        [301, other],
        [302, other],
        [303, other],
        [307, '/again'],
        [308, `//${new URL(other).host}/`],
      ] as const) {
        let asked = 0;
        const url = await serving((_request, response) => {
          asked++;
          response.writeHead(status, { location }).end();
        });
        for (const does of everything(make(url))) {
          asked = 0;
          await assertFault(does, RefusedFault, new RegExp(`answers ${status}.*redirect`), SECRETS);
          assert.ok(asked <= 2, `asked ${asked} times`);
        }
      }
      assert.equal(elsewhere, 0);
    });

    test('takes no endless answer', async () => {
      let written = 0;
      const url = await serving((request, response) => {
        // A HEAD has no body; what is written is dropped, without end.
        if (request.method === 'HEAD') {
          response.end();
          return;
        }
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, '<'))) written += 65_536;
        };
        response.on('drain', more);
        more();
      });
      for (const does of everything(make(url))) {
        written = 0;
        const answer = await does().catch((error: unknown) => {
          assert.ok(error instanceof TargetFault, String(error));
        });
        assert.notEqual(answer, 'whole');
        assert.ok(written < 50_000_000, `${written} bytes were taken`);
      }
    });

    test('waits for no answer that does not come or comes byte by byte', async () => {
      for (const drip of [false, true]) {
        const url = await serving((request, response) => {
          request.resume();
          if (!drip) return;
          response.writeHead(200, { 'content-length': 100_000 });
          const timer = setInterval(() => response.write('x'), 20);
          response.on('close', () => clearInterval(timer));
        });
        const target = make(url);
        for (const does of [() => target.send(small, contextOf()), () => target.confirm(small, NEVER)])
          await assertFault(does, PassingFault, /the server (does not answer|takes too long)/, SECRETS);
      }
    });

    test('takes what it says for no more than it is', async () => {
      const entities = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}"><!ENTITY b "&a;&a;&a;">]>`;
      const bodies = [
        '<html><title>Welcome, please log in</title></html>',
        `<?xml version="1.0"?>${entities}<Error><Code>&b;</Code></Error>`,
        `<Error><Code>TOKEN jo ${'A'.repeat(100_000)}</Code><Region>SECRETKEY</Region></Error>`,
        '<ListPartsResult><Part><PartNumber>1e400</PartNumber><Size>-1</Size></Part><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker></ListPartsResult>',
        '<InitiateMultipartUploadResult><UploadId>&#x10ffff;&#99999999;</UploadId></InitiateMultipartUploadResult>',
        'x'.repeat(100_000),
      ];
      const headers = { 'etag': '"0"', 'retry-after': '1e99', 'x-amz-bucket-region': 'a\tb' };
      let [asked, status, body] = [0, 200, ''];
      const url = await serving((request, response) => {
        asked++;
        request.resume().on('end', () => {
          response.writeHead(status, headers);
          response.end(request.method === 'HEAD' || status === 204 || status === 304 ? undefined : body);
        });
      });
      const target = make(url);
      for (status of [200, 201, 204, 206, 304, 403, 404, 409, 416, 418, 503, 507])
        for (body of bodies)
          for (const does of everything(target, status === 200 ? [small, large] : [small])) {
            asked = 0;
            try {
              const answer = await does();
              assert.notEqual(answer, 'whole', 'nothing of it is there');
            } catch (error) {
              assert.ok(error instanceof TargetFault, String(error));
              assert.match(error.message, /^(?=.{1,250}$).*the server/);
              for (const secret of SECRETS) assert.ok(!`${error.message} ${error.remedy}`.includes(secret));
            }
            assert.ok(asked <= 20, `asked ${asked} times`);
          }
    });

    test('does not take other bytes of the same length for its own', async () => {
      for (const [etag, length] of [
        ['"0123456789abcdef0123456789abcdef"', 100_000],
        ['"x-2"', 100_000],
        ['', 99_999],
      ] as const) {
        const url = await serving((request, response) => {
          response.writeHead(request.headers.range === undefined ? 200 : 206, {
            etag,
            'content-length': length,
          });
          response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(length, 'x'));
        });
        assert.equal(await make(url).confirm(small, NEVER), 'different');
      }
    });
  });
