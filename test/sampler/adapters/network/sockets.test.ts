import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEstablished } from '../../../../src/sampler/adapters/network/snmp.ts';
import { parseSocketsInUse } from '../../../../src/sampler/adapters/network/sockstat.ts';
import { ByteReader } from '../../../../src/sampler/proc/byte-reader.ts';
import { hostileText } from '../../proc/hostile-text.ts';
import { load } from '../../proc/load.ts';

const reader = new ByteReader();

function read(parser: (from: ByteReader) => number, text: string | Uint8Array): number {
  load(reader, text);
  return parser(reader);
}

const SOCKSTAT = `sockets: used 1290
TCP: inuse 31 orphan 2 tw 400 alloc 50 mem 12
UDP: inuse 9 mem 4
UDPLITE: inuse 1000
RAW: inuse 1000
FRAG: inuse 1000 memory 0
`;
const SNMP = `Ip: Forwarding DefaultTTL InReceives
Ip: 2 64 10577
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens CurrEstab InSegs
Tcp: 1 200 120000 -1 111 23 10407
Udp: InDatagrams NoPorts
Udp: 169 0
`;

test('counts TCP and UDP sockets in use, and no others', () => {
  assert.equal(read(parseSocketsInUse, SOCKSTAT), 40);
  assert.equal(
    read(parseSocketsInUse, 'TCP6: inuse 6\nUDP6: inuse 5\nUDPLITE6: inuse 9\nRAW6: inuse 9\n'),
    11,
  );
  assert.equal(read(parseSocketsInUse, 'TCP: orphan 2 inuse 31\n'), 31);
  for (const text of [
    '',
    'sockets: used 3\n',
    'TCP: inuse\n',
    'TCP: inuse -1\n',
    'TCP: inuse 3\nUDP: none\n',
  ]) {
    assert.ok(Number.isNaN(read(parseSocketsInUse, text)), JSON.stringify(text));
  }
});

test('finds established connections by the name of their column', () => {
  assert.equal(read(parseEstablished, SNMP), 23);
  assert.equal(read(parseEstablished, 'Tcp: A CurrEstab B\nTcp: -1 7 -1\n'), 7);
  assert.equal(read(parseEstablished, 'Tcp: A B CurrEstab\nTcp: -1 7 9\n'), 9);
  for (const text of [
    '',
    'Tcp: A B C\nTcp: 1 2 3\n',
    'Tcp: CurrEstab A\n',
    'Tcp: CurrEstab A\nUdp: 1\n',
    'Tcp: A CurrEstab B\nTcp: 1\n',
    'Tcp: A CurrEstab B\nTcp: 1 23',
  ]) {
    assert.ok(Number.isNaN(read(parseEstablished, text)), JSON.stringify(text));
  }
});

test('whatever the bytes, neither throws nor counts below zero', () => {
  fc.assert(
    fc.property(hostileText(SOCKSTAT), hostileText(SNMP), (sockstat, snmp) => {
      for (const value of [read(parseSocketsInUse, sockstat), read(parseEstablished, snmp)]) {
        assert.ok(Number.isNaN(value) || value >= 0);
      }
    }),
    { numRuns: 500 },
  );
});
