import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { blameFormerSampler } from '../../src/sampler/former-sampler.ts';
import { InFlightMarks, readInFlight } from '../../src/sampler/in-flight.ts';
import { Quarantine } from '../../src/sampler/quarantine.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const NOTHING = { call: undefined, opening: [] };

function newFile(t: TestContext): string {
  return path.join(temporaryDirectory(t), 'in-flight');
}

describe('InFlightMarks', () => {
  test('tells at any moment what is in flight', t => {
    const file = newFile(t);
    const marks = new InFlightMarks(file);
    assert.deepEqual(readInFlight(file), NOTHING);
    marks.opening('nvidia');
    marks.opening('amd');
    marks.enter('cpu');
    assert.deepEqual(readInFlight(file), { call: 'cpu', opening: ['nvidia', 'amd'] });
    marks.enter('m');
    assert.equal(readInFlight(file).call, 'm', 'nothing is left of the longer name before');
    marks.opened('nvidia');
    marks.leave();
    assert.deepEqual(readInFlight(file), { call: undefined, opening: ['amd'] });
    marks.close();
    assert.deepEqual(readInFlight(file), NOTHING);
  });

  test('starts with nothing in flight, whatever a former sampler left', t => {
    const file = newFile(t);
    const former = new InFlightMarks(file);
    former.enter('nvidia');
    former.opening('amd');
    assert.notDeepEqual(readInFlight(file), NOTHING);
    new InFlightMarks(file);
    assert.deepEqual(readInFlight(file), NOTHING);
  });

  test('does not grow', t => {
    const file = newFile(t);
    const marks = new InFlightMarks(file);
    for (let i = 0; i < 50; i++) {
      marks.enter(`adapter-${String(i)}`);
      marks.opening(`adapter-${String(i)}`);
      assert.equal(fs.statSync(file).size, 256);
    }
    marks.close();
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });

  test('tells what happened, whatever happened', t => {
    const name = fc.constantFrom('cpu', 'memory', 'disk', 'network', 'nvidia', 'amd-smi', 'log');
    const event = fc.record({ kind: fc.constantFrom('enter', 'leave', 'opening', 'opened'), name });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), events => {
        const file = newFile(t);
        const marks = new InFlightMarks(file);
        const opening = new Set<string>();
        let call: string | undefined;
        for (const { kind, name: of } of events) {
          if (kind === 'enter') marks.enter(of);
          else if (kind === 'leave') marks.leave();
          else if (kind === 'opening') marks.opening(of);
          else marks.opened(of);
          if (kind === 'enter') call = of;
          if (kind === 'leave') call = undefined;
          if (kind === 'opening') opening.add(of);
          if (kind === 'opened') opening.delete(of);
          assert.deepEqual(readInFlight(file), { call, opening: [...opening] });
        }
        marks.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('readInFlight', () => {
  test('takes a missing or damaged file for nothing in flight', t => {
    const file = newFile(t);
    assert.deepEqual(readInFlight(file), NOTHING);
    assert.deepEqual(readInFlight(path.dirname(file)), NOTHING);
    for (const content of [
      '',
      ' ',
      '\0'.repeat(256),
      'x'.repeat(1_000),
      '../../etc/passwd',
      '{"call":"cpu"}',
      'CPU',
    ]) {
      fs.writeFileSync(file, content);
      assert.deepEqual(readInFlight(file), NOTHING, JSON.stringify(content));
    }
  });

  test('gives nothing but names, whatever the file holds', t => {
    const file = newFile(t);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        fs.writeFileSync(file, bytes);
        const { call, opening } = readInFlight(file);
        for (const name of [...opening, ...(call === undefined ? [] : [call])])
          assert.match(name, /^[a-z][a-z0-9-]{0,30}$/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('blameFormerSampler', () => {
  test('holds a death against what was in flight, once each', t => {
    const directory = temporaryDirectory(t);
    const [file, quarantineFile] = [
      path.join(directory, 'in-flight'),
      path.join(directory, 'quarantine.json'),
    ];
    const marks = new InFlightMarks(file);
    marks.enter('nvidia');
    marks.opening('nvidia');
    marks.opening('amd');
    const quarantine = new Quarantine(quarantineFile);
    assert.deepEqual(blameFormerSampler(file, quarantine), ['nvidia', 'amd']);
    for (const name of ['nvidia', 'amd']) assert.equal(quarantine.verdict(name, Date.now()), 'left-out');
    assert.equal(quarantine.verdict('cpu', Date.now()), 'free');
  });

  test('blames nobody after a clean end, or for the first sampler ever', t => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'in-flight');
    const quarantine = new Quarantine(path.join(directory, 'quarantine.json'));
    assert.deepEqual(blameFormerSampler(file, quarantine), []);
    const marks = new InFlightMarks(file);
    marks.enter('cpu');
    marks.opening('nvidia');
    marks.close();
    assert.deepEqual(blameFormerSampler(file, quarantine), []);
    assert.ok(!fs.existsSync(path.join(directory, 'quarantine.json')));
  });
});
