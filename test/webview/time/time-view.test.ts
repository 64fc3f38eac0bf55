import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PRESETS } from '../../../webview/time/presets.ts';
import {
  clampSpan,
  DAY_MS,
  HOUR_MS,
  LEAST_SPAN_MS,
  lengthOf,
  MINUTE_MS,
  MOST_SPAN_MS,
  zoomSpan,
} from '../../../webview/time/span.ts';
import { restoreChoice, TimeView } from '../../../webview/time/time-view.ts';

const NOW = 1_700_000_000_000;

describe('TimeView', () => {
  test('begins with the last five minutes, and goes on with now', () => {
    const view = new TimeView(NOW);
    assert.deepEqual(view.span, { from: NOW - 5 * MINUTE_MS, to: NOW });
    view.setNow(NOW + 1_000);
    assert.deepEqual(view.span, { from: NOW + 1_000 - 5 * MINUTE_MS, to: NOW + 1_000 });
    assert.ok(view.isFollowing && view.isPreset && !view.canGoBack);
  });

  test('tells of what the user chooses, and not of time that goes on', () => {
    const view = new TimeView(NOW);
    let changes = 0;
    const end = view.onChange(() => changes++);
    view.setNow(NOW + 1_000);
    view.choose('5m');
    assert.equal(changes, 0, 'nothing has changed');
    view.choose('24h');
    assert.equal(changes, 1);
    end();
    view.choose('1h');
    assert.equal(changes, 1);
  });

  test('a part of the past stands still; back and reset lead out of it', () => {
    const view = new TimeView(NOW);
    view.choose('24h');
    const span = { from: NOW - 3 * HOUR_MS, to: NOW - 2 * HOUR_MS };
    view.show(span);
    view.setNow(NOW + MINUTE_MS);
    assert.deepEqual(view.span, span);
    assert.ok(!view.isFollowing && !view.isPreset);
    view.back();
    assert.equal(lengthOf(view.span), DAY_MS);
    assert.ok(view.isFollowing);
    view.show(span);
    view.reset();
    assert.deepEqual(view.span, { from: NOW + MINUTE_MS - DAY_MS, to: NOW + MINUTE_MS });
  });

  test('a span that reaches to now goes on with it, one in the future is moved to now', () => {
    const view = new TimeView(NOW);
    view.show({ from: NOW - 10 * MINUTE_MS, to: NOW - 1_000 });
    assert.ok(view.isFollowing);
    view.show({ from: NOW - MINUTE_MS, to: NOW + HOUR_MS });
    assert.ok(view.isFollowing);
    assert.equal(lengthOf(view.span), HOUR_MS + MINUTE_MS);
  });

  test('zooms around the cursor, or the middle', () => {
    const view = new TimeView(NOW);
    view.choose('1h');
    view.setCursor(NOW - 45 * MINUTE_MS);
    view.zoom(0.5);
    assert.deepEqual(view.span, { from: NOW - 52.5 * MINUTE_MS, to: NOW - 22.5 * MINUTE_MS });
    view.setCursor(undefined);
    view.zoom(2);
    assert.deepEqual(view.span, { from: NOW - 67.5 * MINUTE_MS, to: NOW - 7.5 * MINUTE_MS });
  });

  test('many small steps of one gesture are one step back', () => {
    const view = new TimeView(NOW);
    view.choose('1h');
    const { span } = view;
    for (let pixels = 1; pixels <= 30; pixels++) view.pan(-pixels * MINUTE_MS, span);
    assert.deepEqual(view.span, { from: NOW - 90 * MINUTE_MS, to: NOW - 30 * MINUTE_MS });
    view.back();
    assert.deepEqual(view.span, span);
  });

  test('knows whether a gesture led to what is shown', () => {
    const view = new TimeView(NOW);
    assert.equal(view.isGesture, false);
    view.choose('24h');
    assert.equal(view.isGesture, false);
    view.zoom(0.5);
    assert.equal(view.isGesture, true);
    view.show({ from: NOW - HOUR_MS, to: NOW });
    assert.equal(view.isGesture, false);
    view.pan(-HOUR_MS);
    assert.equal(view.isGesture, true);
    view.back();
    assert.equal(view.isGesture, false);
  });

  test('holds still where it is, and goes on from there to now', () => {
    const view = new TimeView(NOW);
    view.hold();
    view.setNow(NOW + HOUR_MS);
    assert.deepEqual(view.span, { from: NOW - 5 * MINUTE_MS, to: NOW });
    view.follow();
    assert.deepEqual(view.span, { from: NOW + HOUR_MS - 5 * MINUTE_MS, to: NOW + HOUR_MS });
  });

  test('tells of the cursor when it has moved', () => {
    const view = new TimeView(NOW);
    const seen: (number | undefined)[] = [];
    view.onCursor(() => seen.push(view.cursor));
    view.setCursor(NOW);
    view.setCursor(NOW);
    view.setCursor(undefined);
    assert.deepEqual(seen, [NOW, undefined]);
  });

  test('property: whatever is done, what is shown is within its limits, and back leads to the beginning', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('zoom' as const), by: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
      fc.record({ do: fc.constant('pan' as const), by: fc.double({ min: -1e12, max: 1e12, noNaN: true }) }),
      fc.record({ do: fc.constant('show' as const), by: fc.double({ min: 0, max: 1e12, noNaN: true }) }),
      fc.record({
        do: fc.constantFrom('hold' as const, 'follow' as const, 'reset' as const),
        by: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const view = new TimeView(NOW);
        for (const { do: what, by } of steps) {
          if (what === 'zoom') view.zoom(by);
          else if (what === 'pan') view.pan(by);
          else if (what === 'show') view.show({ from: NOW - by, to: NOW - by / 2 });
          else view[what]();
          const { from, to } = view.span;
          assert.ok(from >= -1 && to <= NOW + 1, `${String(from)} ${String(to)}`);
          assert.ok(to - from >= LEAST_SPAN_MS - 1 && to - from <= MOST_SPAN_MS + 1);
          assert.deepEqual(restoreChoice(JSON.parse(JSON.stringify(view.choice))), view.choice);
        }
        for (let at = 0; at < 50; at++) view.back();
        if (steps.length < 50) assert.deepEqual(view.span, { from: NOW - 5 * MINUTE_MS, to: NOW });
      }),
    );
  });
});

describe('spans', () => {
  test('property: zooming keeps the moment in its place', () => {
    const length = fc.double({ min: HOUR_MS, max: 30 * DAY_MS, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(length, share, fc.double({ min: 0.1, max: 10, noNaN: true }), (ms, at, factor) => {
        const span = { from: NOW, to: NOW + ms };
        const moment = NOW + at * ms;
        const { from, to } = zoomSpan(span, factor, moment);
        assert.ok(Math.abs((moment - from) / (to - from) - at) < 1e-6);
      }),
    );
  });

  test('what is too short or too long keeps its middle', () => {
    assert.deepEqual(clampSpan({ from: NOW - 1_000, to: NOW - 999 }, NOW + DAY_MS), {
      from: NOW - 999.5 - LEAST_SPAN_MS / 2,
      to: NOW - 999.5 + LEAST_SPAN_MS / 2,
    });
    assert.equal(lengthOf(clampSpan({ from: 0, to: NOW }, NOW)), MOST_SPAN_MS);
  });
});

test('a saved choice of any shape is read, or is none', () => {
  for (const { id, lengthMs } of PRESETS) {
    const choice = { kind: 'following', preset: id, lengthMs } as const;
    assert.deepEqual(restoreChoice(choice), choice);
  }
  const wrong: unknown[] = [
    undefined,
    7,
    {},
    { kind: 'following', preset: '2h', lengthMs: 1 },
    { kind: 'following', preset: '5m', lengthMs: -1 },
    { kind: 'fixed', preset: '5m' },
    { kind: 'fixed', preset: '5m', span: { from: 2, to: 1 } },
    { kind: 'fixed', preset: '5m', span: { from: '1', to: 2 } },
  ];
  for (const value of wrong) assert.equal(restoreChoice(value), undefined, JSON.stringify(value));
});
