import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenDashboards } from '../../../src/extension/dashboard/open-dashboards.ts';

test('a command is about the dashboard on the screen that was used last', () => {
  const [one, two, three] = [{ visible: true }, { visible: true }, { visible: true }];
  const open = new OpenDashboards<{ visible: boolean }>();
  assert.equal(open.shown, undefined);
  for (const dashboard of [one, two, three]) open.used(dashboard);
  assert.equal(open.shown, three);
  open.used(one);
  assert.equal(open.shown, one);
  one.visible = false;
  assert.equal(open.shown, three, 'one that is hidden does not count');
  open.closed(three);
  assert.equal(open.shown, two);
  open.closed(three);
  open.closed(two);
  assert.equal(open.shown, undefined);
  one.visible = true;
  assert.equal(open.shown, one, 'and is there again when it is seen');
});
