import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FramingError, MessageSplitter } from '../../src/client/message-splitter.ts';

/** How heads may be written: names in any case, white space around the value, other fields. */
const HEADS = [
  (length: number) => `Content-Length: ${String(length)}\r\n\r\n`,
  (length: number) => `content-length:${String(length)} \r\n\r\n`,
  (length: number) =>
    `Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: ${String(length)}\r\n\r\n`,
  (length: number) => `Content-Length: ${String(length)}\r\nX: Content-Length\r\n\r\n`,
];

const anyBody = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
  fc.constantFrom('\r\n\r\n', 'Content-Length: 3\r\n\r\n{}', '€µ😀', 'x'.repeat(5000)),
);
const anyMessage = fc.record({ head: fc.nat({ max: HEADS.length - 1 }), body: anyBody });

function bytesOf({ head, body }: { head: number; body: string }): Buffer {
  return Buffer.from((HEADS[head]?.(Buffer.byteLength(body)) ?? '') + body);
}

/** Gives bytes to a splitter in pieces that end at `cuts`, each in a buffer that is overwritten after that. */
function split(bytes: Buffer, cuts: readonly number[], splitter = new MessageSplitter()): string[] {
  const bodies: string[] = [];
  const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, end));
    splitter.add(piece, body => bodies.push(body));
    piece.fill('!');
    from = end;
  }
  return bodies;
}

const refuses = (text: string): void => {
  const splitter = new MessageSplitter();
  assert.throws(() => {
    splitter.add(Buffer.from(text), () => undefined);
  }, FramingError);
};

describe('MessageSplitter', () => {
  test('property: bodies come whole and in order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (list, cuts) => {
          const bytes = Buffer.concat(list.map(bytesOf));
          // A lone half of a pair of surrogates has no UTF-8.
          const expected = list.map(({ body }) => Buffer.from(body).toString());
          assert.deepEqual(split(bytes, cuts), expected);
        },
      ),
    );
  });

  test('a stream that comes byte by byte', () => {
    const bytes = Buffer.concat([bytesOf({ head: 2, body: '€' }), bytesOf({ head: 0, body: '{"a":1}' })]);
    assert.deepEqual(split(bytes, Array.from(bytes.keys())), ['€', '{"a":1}']);
  });

  test('a body is given out with its last byte, not before', () => {
    const splitter = new MessageSplitter();
    const bytes = bytesOf({ head: 0, body: '{"half":true}' });
    assert.deepEqual(split(bytes.subarray(0, -1), [], splitter), []);
    assert.deepEqual(split(bytes.subarray(-1), [], splitter), ['{"half":true}']);
  });

  test('what is no head is refused, and so is one without a length that a text can have', () => {
    refuses('HTTP/1.1 400 Bad Request\r\n\r\n');
    refuses('Content-Length: many\r\n\r\n');
    refuses('Content-Length: -5\r\n\r\n');
    refuses('Content-Length: 0\r\n\r\n');
    refuses('Content-Length: 1e3\r\n\r\n');
    refuses('X-Content-Length: 3\r\n\r\nabc');
    refuses(`Content-Length: ${'9'.repeat(30)}\r\n\r\n`);
    refuses('Content-Length: 600000000\r\n\r\n');
    refuses(`X: ${'y'.repeat(2000)}`);
    refuses(`X: ${'y'.repeat(2000)}\r\nContent-Length: 2\r\n\r\n{}`);
  });

  test('a head that never ends is refused however slowly it comes', () => {
    const splitter = new MessageSplitter();
    let taken = 0;
    assert.throws(() => {
      for (; taken < 100_000; taken++) splitter.add(Buffer.from('y'), () => undefined);
    }, FramingError);
    assert.ok(taken <= 1025, `${String(taken)} bytes were kept`);
  });

  test('property: whatever comes, it is split or refused, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.nat(), { maxLength: 5 }), (noise, cuts) => {
        try {
          split(Buffer.from(noise), cuts);
        } catch (error) {
          assert.ok(error instanceof FramingError);
        }
      }),
    );
  });
});
