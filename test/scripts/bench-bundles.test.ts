import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originsOf } from '../../scripts/bench/bundles.ts';

test('bytes of a bundle are added up by package, our own together, the largest first', () => {
  const origins = originsOf({
    outputs: {
      'dist/a.js': {
        inputs: {
          'src/a.ts': { bytesInOutput: 100 },
          'src/room/b.ts': { bytesInOutput: 50 },
          'node_modules/koffi/index.js': { bytesInOutput: 10 },
          'node_modules/@scope/name/lib/x.js': { bytesInOutput: 300 },
          'node_modules/@scope/name/lib/y.js': { bytesInOutput: 1 },
          'node_modules/outer/node_modules/inner/z.js': { bytesInOutput: 7 },
          'node_modules/empty/z.js': { bytesInOutput: 0 },
        },
      },
      'dist/b.css': { inputs: {} },
    },
  });
  assert.deepEqual(origins.get('dist/a.js'), [
    { name: '@scope/name', bytes: 301 },
    { name: 'ours', bytes: 150 },
    { name: 'koffi', bytes: 10 },
    { name: 'inner', bytes: 7 },
  ]);
  assert.deepEqual(origins.get('dist/b.css'), []);
});
