import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeAdapters } from '../../src/client/diagnosis.ts';
import { STATUS } from './fake-sampler.ts';

test('each adapter has a line, and one for each thing that can be done', () => {
  assert.deepEqual(
    describeAdapters({
      ...STATUS,
      adapters: [
        {
          name: 'cpu',
          group: 'cpu',
          state: 'ok',
          detail: '16 cores',
          limitations: [
            { what: 'power', why: 'denied', remedy: 'let this group read it' },
            { what: 'temperature', why: 'no sensor' },
          ],
        },
        {
          name: 'nvidia',
          group: 'gpu',
          state: 'quarantined',
          detail: 'it crashed twice',
          remedy: 'update it',
        },
        { name: 'disk', group: 'disk', state: 'left-out', detail: 'it crashed' },
      ],
    }),
    [
      'cpu     ok: 16 cores',
      '        not read: power (denied)',
      '        → let this group read it',
      '        not read: temperature (no sensor)',
      'nvidia  in quarantine: it crashed twice',
      '        → update it',
      'disk    left out: it crashed',
    ],
  );
  assert.deepEqual(describeAdapters(STATUS), []);
});
