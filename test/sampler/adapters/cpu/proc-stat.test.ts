import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CORE, ProcStat } from '../../../../src/sampler/adapters/cpu/proc-stat.ts';
import { ByteReader } from '../../../../src/sampler/proc/byte-reader.ts';
import { hostileText } from '../../proc/hostile-text.ts';
import { load } from '../../proc/load.ts';

const reader = new ByteReader();

function parse(stat: ProcStat, text: string | Uint8Array): ProcStat {
  load(reader, text);
  stat.parse(reader);
  return stat;
}

const EARLIER = `cpu  10 0 10 80 0 0 0 0 0 0
cpu0 10 0 10 80 0 0 0 0 0 0
intr 100 1 2 3
ctxt 200
btime 1
softirq 300 1 2
`;
const LATER = `cpu  20 10 20 100 30 5 5 10 99 99
cpu0 20 10 20 100 30 5 5 10 99 99
intr 110 1 2 3
ctxt 220
btime 1
softirq 330 1 2
`;
// Of 100: user 10, nice 10, system 10, irq 5, softirq 5, steal 10 are work; idle 20 and iowait 30 are not.
const WORK = 50;

describe('ProcStat', () => {
  test('counts user, nice, system, irq, softirq and steal as work, idle and iowait not, guests not again', () => {
    const stat = new ProcStat([0]);
    parse(stat, EARLIER);
    assert.deepEqual([...stat.states], [CORE.unknown, CORE.unknown]);
    parse(stat, LATER);
    assert.deepEqual([...stat.utilization], [WORK, WORK]);
    assert.deepEqual([...stat.states], [CORE.known, CORE.known]);
    assert.equal(stat.interrupts, 110);
    assert.equal(stat.contextSwitches, 220);
    assert.equal(stat.softInterrupts, 330);
  });

  test('a field that steps back counts as not having moved', () => {
    const stat = new ProcStat([]);
    parse(stat, 'cpu  10 0 10 80 50 0 0 0\n');
    parse(stat, 'cpu  20 0 10 110 45 0 0 0\n');
    assert.equal(stat.utilization[0], 25, '10 of 10 + 30');
    parse(stat, 'cpu  15 0 10 100 40 0 0 0\n');
    assert.ok(Number.isNaN(stat.utilization[0]), 'nothing moved forward');
    parse(stat, 'cpu  25 0 10 110 40 0 0 0\n');
    assert.equal(stat.utilization[0], 50, 'from where it had stepped back to');
  });

  test('lines may come in any order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(EARLIER.trim().split('\n'), { minLength: 6 }),
        fc.shuffledSubarray(LATER.trim().split('\n'), { minLength: 6 }),
        (earlier, later) => {
          const stat = new ProcStat([0]);
          parse(stat, `${earlier.join('\n')}\n`);
          parse(stat, `${later.join('\n')}\n`);
          assert.deepEqual([...stat.utilization], [WORK, WORK]);
          assert.equal(stat.contextSwitches, 220);
        },
      ),
    );
  });

  test('content that is cut off gives the true value or none', () => {
    for (let length = 0; length <= LATER.length; length++) {
      const stat = new ProcStat([0]);
      parse(stat, EARLIER);
      parse(stat, LATER.slice(0, length));
      for (const utilization of stat.utilization)
        assert.ok(Number.isNaN(utilization) || utilization === WORK);
      assert.ok(Number.isNaN(stat.contextSwitches) || stat.contextSwitches === 220);
      assert.ok(Number.isNaN(stat.interrupts) || stat.interrupts === 110);
    }
  });

  test('any number of cores, with any numbers, each get their own share', () => {
    const core = fc.tuple(fc.nat(1000), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(core, { minLength: 1, maxLength: 512 }), cores => {
        const ids = cores.map((_, i) => i * 2);
        const stat = new ProcStat(ids);
        parse(stat, ids.map(id => `cpu${id} 0 0 0 0 0 0 0 0 0 0\n`).join(''));
        parse(stat, ids.map((id, i) => `cpu${id} ${cores[i]?.join(' 0 0 ') ?? ''} 0 0 0 0 0 0\n`).join(''));
        cores.forEach(([user, idle], i) => {
          const utilization = stat.utilization[i + 1] ?? Number.NaN;
          if (user + idle === 0) assert.ok(Number.isNaN(utilization));
          else assert.equal(utilization, (100 * user) / (user + idle));
        });
      }),
      { numRuns: 30 },
    );
  });

  test('of a content that lists a core twice the first line counts', () => {
    const stat = new ProcStat([0]);
    parse(stat, EARLIER);
    parse(stat, LATER + LATER.replaceAll('20 10 20', '90 90 90'));
    assert.deepEqual([...stat.utilization], [WORK, WORK]);
    assert.deepEqual([...stat.states], [CORE.known, CORE.known]);
  });

  test('where the cores are not wanted the machine is read all the same, and which of them have a line', () => {
    const stat = new ProcStat([0, 1]);
    for (const text of [EARLIER, LATER]) {
      load(reader, text);
      stat.parse(reader, false);
    }
    assert.deepEqual([...stat.utilization], [WORK, Number.NaN, Number.NaN]);
    assert.deepEqual([...stat.states], [CORE.known, CORE.unknown, CORE.offline]);
    parse(stat, EARLIER);
    assert.deepEqual(
      [...stat.states],
      [CORE.unknown, CORE.unknown, CORE.offline],
      'there is no earlier reading of the core to compare with',
    );
  });

  test('an interrupt line of thousands of fields does not hide what follows it', () => {
    const stat = new ProcStat([0]);
    parse(stat, EARLIER.replace('intr 100 1 2 3', `intr 100${' 12345678'.repeat(20_000)}`));
    assert.equal(stat.interrupts, 100);
    assert.equal(stat.softInterrupts, 300);
  });

  test('whatever the bytes, it does not throw and shares are from 0 to 100', () => {
    fc.assert(
      fc.property(fc.array(hostileText(LATER), { minLength: 2, maxLength: 4 }), contents => {
        const stat = new ProcStat([0, 1]);
        for (const content of contents) {
          parse(stat, content);
          for (let row = 0; row < 3; row++) {
            const utilization = stat.utilization[row] ?? Number.NaN;
            assert.equal(stat.states[row] === CORE.known, !Number.isNaN(utilization));
            assert.ok(Number.isNaN(utilization) || (utilization >= 0 && utilization <= 100));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
