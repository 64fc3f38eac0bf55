import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { UNKNOWN } from '../../../src/common/workload.ts';
import { SHORT_MS } from '../../../src/log/sessions/interruptions.ts';
import type { SessionBucket } from '../../../src/log/sessions/session-bucket.ts';
import { BREAK_MS, SessionBuilder } from '../../../src/log/sessions/session-builder.ts';
import { SessionColumns } from '../../../src/log/sessions/session-columns.ts';
import type { Stretch } from '../../../src/log/sessions/stretch.ts';

const MINUTE = 60_000;
const NONE = new SessionColumns([]);
const NO_VALUES = new Float64Array(0);

function bucket(start: number, category: string, covered = MINUTE): SessionBucket {
  return { start, covered, category, means: NO_VALUES, maxima: NO_VALUES, weights: NO_VALUES };
}

function sessionsOf(buckets: readonly SessionBucket[], stepMs = MINUTE): readonly Stretch[] {
  const builder = new SessionBuilder(NONE, stepMs);
  for (const one of buckets) builder.add(one);
  return builder.finish();
}

/** Minutes from 0 on, as `coding 20, idle 2`; a number alone is minutes without data. */
function minutes(text: string): SessionBucket[] {
  let at = 0;
  return text.split(', ').flatMap(part => {
    const [, category = '', count = ''] = /^(\w*?) ?(\d+)$/.exec(part) ?? [];
    const start = at;
    at += Number(count);
    if (category === '') return [];
    const name = category === 'none' ? '' : category;
    return Array.from({ length: Number(count) }, (_, k) => bucket((start + k) * MINUTE, name));
  });
}

/** The same of what is found: `coding 0–22`, in minutes. */
function found(text: string): string {
  return sessionsOf(minutes(text))
    .map(
      ({ category, from, to }) =>
        `${category === '' ? 'none' : category} ${String(from / MINUTE)}–${String(to / MINUTE)}`,
    )
    .join(', ');
}

const category = fc.constantFrom('', UNKNOWN, 'coding', 'coding', 'gaming', 'idle');

/** Runs of minutes of one class, short and long, with gaps of any length between some, and minutes with little data. */
const log = fc
  .array(
    fc.record({
      category,
      count: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 5, max: 30 })),
      gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) }),
      covered: fc.oneof({ weight: 4, arbitrary: fc.constant(MINUTE) }, fc.integer({ min: 1, max: MINUTE })),
    }),
    { maxLength: 40 },
  )
  .map(runs => {
    let at = 1_000 * MINUTE;
    return runs.flatMap(run => {
      at += run.gap * MINUTE;
      const start = at;
      at += run.count * MINUTE;
      return Array.from({ length: run.count }, (_, k) =>
        bucket(start + k * MINUTE, run.category, k === run.count - 1 ? run.covered : MINUTE),
      );
    });
  });

const isUnclassed = ({ category: name }: { category: string }): boolean => name === '' || name === UNKNOWN;

describe('sessions', () => {
  test('are consecutive time of one class, to the minute', () => {
    assert.equal(found('coding 20, gaming 10, idle 7'), 'coding 0–20, gaming 20–30, idle 30–37');
    assert.equal(found('coding 1'), 'coding 0–1');
    assert.equal(found('none 7, coding 6'), 'none 0–7, coding 7–13');
    assert.deepEqual(sessionsOf([]), []);
  });

  test('go on after an interruption of less than five minutes, by whatever it is', () => {
    assert.equal(found('coding 20, gaming 4, coding 20'), 'coding 0–44');
    assert.equal(found('coding 20, gaming 5, coding 20'), 'coding 0–20, gaming 20–25, coding 25–45');
    assert.equal(found('coding 20, unknown 4, coding 3'), 'coding 0–27');
    assert.equal(found('coding 20, gaming 2, unknown 1, idle 1, coding 20'), 'coding 0–44');
    assert.equal(
      found('coding 20, gaming 2, idle 3, coding 20'),
      'coding 0–20, gaming 20–22, idle 22–25, coding 25–45',
    );
    // What is left over between two others is no interruption.
    assert.equal(found('coding 20, gaming 2, idle 20'), 'coding 0–20, gaming 20–22, idle 22–42');
  });

  test('take the shortest interruption first, and none where the class would not be in force for more than half', () => {
    assert.equal(found('coding 1, gaming 4, coding 1, gaming 4'), 'coding 0–1, gaming 1–10');
    assert.equal(found('coding 3, gaming 3, coding 3, gaming 3'), 'coding 0–9, gaming 9–12');
    assert.equal(found('coding 1, gaming 4, coding 1'), 'coding 0–1, gaming 1–5, coding 5–6');
    assert.equal(found('coding 2, gaming 4, coding 2'), 'coding 0–2, gaming 2–6, coding 6–8');
    assert.equal(found('coding 2, gaming 4, coding 3'), 'coding 0–9');
  });

  test('short time without a class goes to the longer neighbour; it is interrupted by nothing itself', () => {
    assert.equal(found('coding 20, unknown 4, gaming 30'), 'coding 0–20, gaming 20–54');
    assert.equal(found('coding 20, unknown 4, gaming 20'), 'coding 0–24, gaming 24–44');
    assert.equal(found('unknown 2, gaming 20, none 1'), 'gaming 0–23');
    assert.equal(found('coding 3, unknown 3'), 'coding 0–3, unknown 3–6');
    assert.equal(found('unknown 20, coding 2, unknown 20'), 'unknown 0–20, coding 20–22, unknown 22–42');
    // What it goes to may have an interruption then.
    assert.equal(found('coding 20, unknown 3, gaming 4, coding 20'), 'coding 0–47');
  });

  test('end where nothing was recorded for five minutes, and not before', () => {
    assert.equal(found('coding 20, 4, coding 20'), 'coding 0–44');
    assert.equal(found('coding 20, 5, coding 20'), 'coding 0–20, coding 25–45');
    assert.equal(found('coding 20, 2, idle 1, 1, coding 20'), 'coding 0–44');
    assert.equal(found('coding 20, 2, idle 1, 2, coding 20'), 'coding 0–20, idle 22–23, coding 25–45');
    const tens = sessionsOf([bucket(0, 'idle', 600_000), bucket(1_200_000, 'idle', 600_000)], 600_000);
    assert.deepEqual(
      tens.map(({ from, to }) => [from, to]),
      [
        [0, 600_000],
        [1_200_000, 1_800_000],
      ],
    );
  });

  test('begin and end within a minute where data does', () => {
    const spans = (buckets: readonly SessionBucket[]): number[][] =>
      sessionsOf(buckets).map(({ from, to, covered }) => [from, to, covered]);
    assert.deepEqual(spans([bucket(0, 'idle', 20_000)]), [[0, 20_000, 20_000]]);
    assert.deepEqual(
      spans([bucket(0, 'idle', 20_000), bucket(MINUTE, 'idle'), bucket(2 * MINUTE, 'idle', 5_000)]),
      [[40_000, 125_000, 85_000]],
    );
    const known = { ...bucket(0, 'idle', 20_000), begins: 30_000 };
    assert.deepEqual(spans([known]), [[30_000, 50_000, 20_000]]);
  });

  test('are in order, do not overlap, and have all time with data and no other', () => {
    fc.assert(
      fc.property(log, buckets => {
        const sessions = sessionsOf(buckets);
        let before = Number.NEGATIVE_INFINITY;
        for (const { from, to, covered, ofClass } of sessions) {
          assert.ok(from >= before && to > from);
          before = to;
          const inside = buckets.filter(({ start }) => start + MINUTE > from && start < to);
          assert.equal(
            covered,
            inside.reduce((sum, one) => sum + one.covered, 0),
          );
          assert.ok(covered <= to - from && ofClass <= covered);
          // It begins and ends with data, and nowhere in it is it without for long.
          assert.ok(from - (inside[0]?.start ?? 0) < MINUTE && (inside.at(-1)?.start ?? 0) < to);
          for (const [k, { start }] of inside.entries())
            assert.ok(k === 0 || start - (inside[k - 1]?.start ?? 0) - MINUTE < BREAK_MS);
        }
        assert.equal(
          sessions.reduce((sum, { covered }) => sum + covered, 0),
          buckets.reduce((sum, { covered }) => sum + covered, 0),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('have their class in force for more than half, and no interruption that could be taken in is left', () => {
    fc.assert(
      fc.property(log, buckets => {
        const sessions = sessionsOf(buckets);
        for (const session of sessions) {
          const { category: name, from, to, ofClass, covered } = session;
          const own = buckets.filter(
            one => one.start + MINUTE > from && one.start < to && one.category === name,
          );
          assert.equal(
            ofClass,
            own.reduce((sum, one) => sum + one.covered, 0),
          );
          if (isUnclassed(session)) assert.equal(ofClass, covered);
          else assert.ok(2 * ofClass > covered);
        }
        for (const [k, session] of sessions.entries()) {
          if (isUnclassed(session)) continue;
          const next = sessions.findIndex((other, at) => at > k && other.category === session.category);
          const after = sessions[next];
          if (!after) continue;
          const between = sessions.slice(k + 1, next);
          const hasBreak = [session, ...between].some(
            (one, at) => ([...between, after][at]?.from ?? 0) - one.to >= BREAK_MS,
          );
          const ofClass = session.ofClass + after.ofClass;
          const covered = [session, ...between, after].reduce((sum, one) => sum + one.covered, 0);
          const couldBeOne = after.from - session.to < SHORT_MS && !hasBreak && 2 * ofClass > covered;
          assert.ok(!couldBeOne, `${session.category} at ${String(session.from)} could go on`);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of minutes that come twice, late or empty, are those of the others', () => {
    fc.assert(
      fc.property(log, fc.array(fc.nat(9), { minLength: 50, maxLength: 50 }), (buckets, kinds) => {
        const noise = buckets.flatMap((one, k) => {
          const kind = kinds[k % kinds.length];
          const former = buckets[k - 1];
          if (kind === 0) return [one, bucket(one.start, 'gaming')];
          if (kind === 1 && former) return [one, bucket(former.start, 'gaming')];
          if (kind === 2) return [bucket(one.start, 'gaming', 0), one];
          return [one];
        });
        const plain = (list: readonly Stretch[]): unknown[] =>
          list.map(({ category: name, from, to, covered }) => [name, from, to, covered]);
        assert.deepEqual(plain(sessionsOf(noise)), plain(sessionsOf(buckets)));
      }),
    );
  });

  test('are found at once in a log that changes class every minute for 40 days', () => {
    const names = ['coding', 'gaming', 'idle', UNKNOWN];
    const buckets = Array.from({ length: 57_600 }, (_, k) =>
      bucket(k * MINUTE, names[(k * k + (k >> 3)) % names.length] ?? ''),
    );
    const sessions = sessionsOf(buckets);
    assert.equal(
      sessions.reduce((sum, { covered }) => sum + covered, 0),
      57_600 * MINUTE,
    );
  });
});
