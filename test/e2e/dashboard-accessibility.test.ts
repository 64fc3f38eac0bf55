import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { HostMessage } from '../../src/common/dashboard.ts';
import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { bundleDashboard, StandalonePage, type DashboardBundle } from '../webview/support/standalone-page.ts';
import { START_MS, SyntheticMachine } from '../webview/support/synthetic.ts';
import { THEMES, type ThemeName } from '../webview/support/themes.ts';
import { launchChromium } from './harness/chromium.ts';
import { type Focus, KeyboardUser } from './harness/focus.ts';
import { pictureOf } from './harness/picture.ts';

const HOUR = 3_600_000;
/** Newest tick. */
const LAST = 640;
const NOW = START_MS + LAST * 1000;

const SESSIONS: readonly WorkloadSession[] = [-20, -10, -2].map(hours => ({
  category: hours === -10 ? 'gaming' : 'coding_development',
  from: NOW + hours * HOUR,
  to: NOW + (hours + 2) * HOUR,
  coveredMs: 2 * HOUR,
  ofClassMs: 2 * HOUR,
  confidence: 80,
  cpu: { mean: 20, peak: 99 },
  ram: { mean: 40, peak: 50 },
}));

const CLASSES = ['coding_development', 'idle', 'unknown', 'video_editing'] as const;

let browser: Browser;
let bundle: DashboardBundle;

before(async () => {
  [browser, bundle] = await Promise.all([launchChromium(), bundleDashboard()]);
});
after(async () => {
  await browser.close();
});

/** What stays where it is, whatever the values are. */
const FIXED = [
  ...[
    'h1',
    'h2',
    'h3',
    'section',
    'footer span',
    'button',
    'select',
    'vscode-button',
    'canvas',
    'table',
    'dt',
  ],
  ...['.tile', '.entry', '.plot', '.answer', '.workload-actions', '.band', '.legend', '.heat-readout'],
]
  .map(selector => `${selector}:visible`)
  .join(', ');

type PageOptions = Parameters<typeof StandalonePage.open>[2];

interface Opened {
  readonly dashboard: StandalonePage;
  readonly machine: SyntheticMachine;
}

/** The answer about the kind of work at a tick, with as many reasons as the class has a number. */
function workloadAt(tick: number): Extract<HostMessage, { type: 'workload' }> {
  const number = Math.floor(tick / 3) % CLASSES.length;
  const category = CLASSES[number] ?? 'idle';
  return {
    type: 'workload',
    workload: {
      current: {
        category,
        confidence: 0.4 + 0.1 * number,
        sinceMs: START_MS + tick * 1000,
        ...(number === 0 ? {} : { runnerUp: { category: 'gaming', confidence: 0.2 } }),
        reasons: ['CPU 40 %', 'no encoder', 'disk writes in bursts'].slice(0, number),
        probabilities: { [category]: 0.8, gaming: 0.2 },
      },
      categories: CLASSES,
      times: { atMs: NOW, today: { idle: 4_810 }, week: { idle: 40_810, gaming: 600 } },
    },
  };
}

/** A page with everything that there is on it: past, live values, workload, sessions. */
async function open(options: PageOptions = {}): Promise<Opened> {
  const machine = new SyntheticMachine({
    gpus: 1,
    category: tick => CLASSES[Math.floor(tick / 200) % 2] ?? '',
  });
  const dashboard = await StandalonePage.open(browser, bundle, options);
  await dashboard.send({
    type: 'sync',
    layout: machine.layout,
    frame: machine.frame(LAST),
    state: 'running',
    detail: '',
    machine: 'this machine',
    status: {
      adapters: [
        {
          name: 'cpu',
          group: 'cpu',
          state: 'ok',
          detail: 'proc',
          limitations: [{ what: 'CPU power', why: 'only root may read it', remedy: 'chgrp GROUP' }],
        },
      ],
      intervalSeconds: 1,
    },
    usage: { cpuPercent: 0.08, rssMb: 47.3, seconds: 10 },
    workload: workloadAt(11).workload,
  });
  await answerRanges(dashboard, machine);
  return { dashboard, machine };
}

/** Answers every request for a range up to now. */
async function answerRanges(dashboard: StandalonePage, machine: SyntheticMachine, after = 0): Promise<void> {
  await dashboard.rangeRequest(after);
  for (const message of await dashboard.posted()) {
    if (message.type !== 'range' || message.request <= after) continue;
    const { request, ...wish } = message;
    const { chunk, result } = machine.range(wish, LAST);
    await dashboard.send({ type: 'rangeChunk', request, chunk }, { type: 'rangeDone', request, result });
  }
}

async function showSessions(dashboard: StandalonePage): Promise<void> {
  const { page } = dashboard;
  await page.locator('.sessions').scrollIntoViewIfNeeded();
  await page.waitForFunction(() =>
    (globalThis as unknown as { __posted: { type: string }[] }).__posted.some(
      ({ type }) => type === 'sessions',
    ),
  );
  const asked = (await dashboard.posted()).find(({ type }) => type === 'sessions');
  assert.ok(asked?.type === 'sessions');
  await dashboard.send({
    type: 'sessions',
    request: asked.request,
    result: { stepMs: 60_000, sessions: SESSIONS, earlier: 0 },
  });
  const boxes = page.locator('.sessions-table tbody input');
  await boxes.first().waitFor();
  await boxes.nth(0).click();
  await boxes.nth(1).click();
  await page.locator('.pair').waitFor();
}

/** Opens everything that can be opened. */
async function unfold({ dashboard, machine }: Opened): Promise<void> {
  const { page } = dashboard;
  const known = (await dashboard.posted()).filter(({ type }) => type === 'range').length;
  await page.locator('.compare-bar select').selectOption('other');
  await answerRanges(dashboard, machine, known);
  await page.getByRole('button', { name: 'Custom…' }).click();
  await page.getByLabel('To', { exact: true }).fill('2001-01-01T00:00');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.locator('.not-read summary').click();
  await page.getByRole('combobox', { name: 'Cores' }).selectOption('Chosen cores…');
  await page.getByRole('button', { name: 'Memory as a table' }).click();
  await page.getByRole('button', { name: 'Cores as a table' }).click();
  await showSessions(dashboard);
  await page.getByRole('button', { name: 'Layout' }).click();
  await page.getByRole('button', { name: 'Hide: Disk' }).click();
}

async function finish({ dashboard }: Opened): Promise<void> {
  assert.deepEqual(await dashboard.violations(), []);
  assert.deepEqual(dashboard.problems, []);
  await dashboard.close();
}

const THEME_NAMES = Object.keys(THEMES) as ThemeName[];

describe('the dashboard for everybody', { timeout: 300_000 }, () => {
  test('whatever can have the focus has a name and a role', async () => {
    const opened = await open({ height: 3000 });
    await unfold(opened);
    const session = await opened.dashboard.page.context().newCDPSession(opened.dashboard.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const focusable = nodes
      .filter(({ ignored, properties = [] }) =>
        properties.some(({ name, value }) => !ignored && name === 'focusable' && value.value === true),
      )
      .map(({ role, name }) => [String(role?.value), String(name?.value ?? '').trim()] as const)
      .filter(([role]) => role !== 'RootWebArea');
    assert.ok(focusable.length > 80, `${String(focusable.length)} of them`);
    assert.deepEqual(
      focusable.filter(([role, name]) => name === '' || role === 'generic' || role === 'none'),
      [],
    );
    await finish(opened);
  });

  for (const theme of THEME_NAMES) {
    test(`in ${theme} it can be seen where the focus is, forward and back, and nothing lies over it`, async () => {
      const opened = await open({ theme, width: 900, height: 700 });
      await unfold(opened);
      const { page } = opened.dashboard;
      await page.locator('body').click({ position: { x: 450, y: 2 } });
      const user = new KeyboardUser(page, page);
      const kinds = new Map<string, Focus>();
      const names: string[] = [];
      // Where things are is the same in all themes: back in one of them.
      for (const key of theme === 'dark' ? ['Tab', 'Shift+Tab'] : ['Tab']) {
        await page.evaluate(() => {
          (document.activeElement as HTMLElement | null)?.blur();
          scrollTo(0, 0);
        });
        const first = await user.next(key);
        assert.ok(first);
        for (let focus: Focus | undefined = first; focus; focus = await user.next(key)) {
          if (key === 'Tab') names.push(focus.name);
          if (kinds.has(focus.kind)) continue;
          kinds.set(focus.kind, focus);
          const pixels = await changedByFocus(opened.dashboard, focus);
          // At least a line along one of its longer sides.
          assert.ok(
            pixels >= Math.min(focus.box.width, 100) / 2,
            `${focus.name} (${focus.kind}): ${String(pixels)} pixels tell it`,
          );
        }
      }
      assert.deepEqual(user.unseen, []);
      assert.ok(names.length > 80, names.join(' | '));
      assert.ok(kinds.size >= 15, [...kinds.keys()].join(' | '));
      await finish(opened);
    });
  }

  for (const [what, size] of [
    ['on 320 pixels', { width: 320, height: 900 }],
    ['at a zoom of 200 % in a window of 1280 pixels', { width: 640, height: 400, scale: 2 }],
  ] as const) {
    test(`${what} nothing has to be scrolled sideways and no control is cut off`, async () => {
      const opened = await open(size);
      const { dashboard } = opened;
      const { page } = dashboard;
      await fits(page, size.width);
      await page.getByRole('button', { name: 'Export' }).click();
      await fits(page, size.width);
      await page.keyboard.press('Escape');
      await dashboard.send({
        type: 'state',
        state: 'failed',
        detail: 'The sampler ended twice within a minute. Show the log to see why, and start it again.',
        machine: 'container in a virtual machine over SSH',
      });
      await page.getByRole('button', { name: 'Show Log' }).waitFor();
      await fits(page, size.width);
      await dashboard.send({ type: 'state', state: 'running', detail: '', machine: 'this machine' });
      await unfold(opened);
      await fits(page, size.width);
      await page.evaluate(() => {
        scrollTo(0, 0);
      });
      await dashboard.screenshot(`unfolded-${String(size.width)}`);
      await finish(opened);
    });
  }

  test('a window of a few lines shows charts, and not only what stands above them', async () => {
    const opened = await open({ width: 320, height: 260 });
    const { page } = opened.dashboard;
    const canvas = page.locator('[data-pane="cpu"] canvas');
    await canvas.focus();
    const top = await page.locator('.top').evaluate(element => element.getBoundingClientRect().bottom);
    assert.ok(top <= 0, `the header ends at ${String(top)}`);
    await finish(opened);
  });

  test('while values change nothing moves', async () => {
    const opened = await open({ width: 1000, height: 3000 });
    const { dashboard, machine } = opened;
    const { page } = dashboard;
    await page.waitForFunction(() => document.querySelectorAll('canvas').length > 10);
    const places = (): Promise<(readonly [what: string, x: number, y: number])[]> =>
      page.locator(FIXED).evaluateAll(elements =>
        elements.map(element => {
          const { x, y } = element.getBoundingClientRect();
          return [`${element.localName} ${element.classList.value}`, x, y] as const;
        }),
      );
    const before = await places();
    assert.ok(before.length > 100, `${String(before.length)} things`);
    for (let step = 1; step <= 12; step++) {
      const tick = LAST + step;
      const frame = machine.frame(tick);
      const values = frame.values.map(value => (value === null ? null : value * 10 ** ((step % 4) - 2)));
      await dashboard.send({ type: 'frame', frame: { ...frame, values } }, workloadAt(tick), {
        type: 'usage',
        usage: { cpuPercent: 10 ** (step - 3), rssMb: 5 * step ** 2, seconds: 10 },
      });
      await page.waitForFunction(
        rss => document.querySelector('.cost')?.textContent.includes(`${rss} MiB`) === true,
        String(5 * step ** 2),
      );
      assert.deepEqual(await places(), before);
    }
    await finish(opened);
  });

  test('for those who want no motion nothing moves by itself, by the system’s setting or by VS Code’s', async () => {
    for (const by of ['system', 'VS Code'] as const) {
      const dashboard = await StandalonePage.open(browser, bundle);
      const { page } = dashboard;
      const moving = (): Promise<number> =>
        page.evaluate(() => {
          let count = 0;
          const look = (root: Document | ShadowRoot): void => {
            for (const animation of root.getAnimations())
              if (Number(animation.effect?.getComputedTiming().duration) > 0) count++;
            for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) look(shadowRoot);
          };
          look(document);
          return count;
        });
      await page.locator('.empty .ring').waitFor();
      assert.ok((await moving()) > 0, 'the ring turns');
      if (by === 'system') await page.emulateMedia({ reducedMotion: 'reduce' });
      else
        await page.evaluate(() => {
          document.body.classList.add('vscode-reduce-motion');
        });
      assert.equal(await moving(), 0);
      assert.ok(await page.getByText('Waiting for the first reading…').isVisible());
      await dashboard.close();
    }
  });
});

/** Fails when the page is wider than its window, or something that can be operated is not all in it. */
async function fits(page: StandalonePage['page'], width: number): Promise<void> {
  const { scrollWidth, cut, wide } = await page.evaluate(() => {
    const outside = (selector: string): string[] =>
      [...document.querySelectorAll(selector)]
        // What scrolls on its own: tables, which may be wider than the page.
        .filter(element => element.checkVisibility() && !element.closest('.rows, .session-scroll'))
        .map(element => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.left < 0 || box.right > innerWidth + 0.5)
        .map(
          ({ element }) =>
            `${element.localName}.${element.classList.value} ${element.textContent.slice(0, 40)}`,
        );
    return {
      scrollWidth: document.documentElement.scrollWidth,
      cut: outside('button, select, input, summary, vscode-button, vscode-checkbox, .plot'),
      wide: outside('main *').slice(0, 10),
    };
  });
  assert.equal(scrollWidth, width, wide.join(' | '));
  assert.deepEqual(cut, []);
}

/** How many pixels in and around an element are other ones while it has the focus. */
async function changedByFocus({ page }: StandalonePage, { box }: Focus): Promise<number> {
  const left = Math.max(0, box.x - 4);
  const top = Math.max(0, box.y - 4);
  // A corner tells it for what is large.
  const clip = { x: left, y: top, width: Math.min(box.width + 8, 200), height: Math.min(box.height + 8, 60) };
  const shoot = (): Promise<Buffer> => page.screenshot({ clip });
  const focused = await shoot();
  const element = await page.evaluateHandle(() => document.activeElement as HTMLElement | null);
  await element.evaluate(one => {
    one?.blur();
  });
  const [before, after] = [await pictureOf(page, await shoot()), await pictureOf(page, focused)];
  await element.evaluate(one => {
    one?.focus();
  });
  let changed = 0;
  for (let at = 0; at < before.data.length; at += 4)
    if ([0, 1, 2].some(channel => before.data[at + channel] !== after.data[at + channel])) changed++;
  return changed;
}
