import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BACK, CANCELLED, type Step, walk } from '../../../src/extension/upload/steps.ts';

interface Known {
  readonly kind?: string;
  readonly name?: string;
}

describe('going through steps', () => {
  test('asks what there is to ask after each answer, and numbers it', async () => {
    const seen: string[] = [];
    const kind: Step<Known> = (known, { number, of }) => {
      seen.push(`kind ${number}/${of}`);
      return Promise.resolve({ ...known, kind: 'long' });
    };
    const name: Step<Known> = (known, { number, of }) => {
      seen.push(`name ${number}/${of}`);
      return Promise.resolve({ ...known, name: 'x' });
    };
    const end = await walk<Known>({}, known => (known.kind === 'long' ? [kind, name] : [kind]));
    assert.deepEqual(end, { kind: 'long', name: 'x' });
    assert.deepEqual(seen, ['kind 1/1', 'name 2/2']);
  });

  test('back shows the step before with what was answered, as often as it is asked for', async () => {
    const answers = ['a', 'b', BACK, BACK, 'c', 'd', 'x'];
    const seen: string[] = [];
    const step =
      (field: 'kind' | 'name' | 'end'): Step<Known> =>
      known => {
        seen.push(`${field} ${JSON.stringify(known)}`);
        const answer = answers.shift();
        return Promise.resolve(typeof answer === 'string' ? { ...known, [field]: answer } : BACK);
      };
    const end = await walk<Known>({}, () => [step('kind'), step('name'), step('end')]);
    assert.deepEqual(end, { kind: 'c', name: 'd', end: 'x' });
    assert.deepEqual(seen, [
      'kind {}',
      'name {"kind":"a"}',
      'end {"kind":"a","name":"b"}',
      'name {"kind":"a","name":"b"}',
      'kind {"kind":"a","name":"b"}',
      'name {"kind":"c","name":"b"}',
      'end {"kind":"c","name":"d"}',
    ]);
  });

  test('back at the first step shows it again', async () => {
    const answers: Awaited<ReturnType<Step<Known>>>[] = [BACK, BACK, { kind: 'a' }];
    const end = await walk<Known>({}, () => [() => Promise.resolve(answers.shift() ?? CANCELLED)]);
    assert.deepEqual(end, { kind: 'a' });
  });

  test('giving up ends it wherever it is', async () => {
    const end = await walk<Known>({}, () => [
      known => Promise.resolve(known),
      () => Promise.resolve(CANCELLED),
      () => Promise.reject(new Error('not asked')),
    ]);
    assert.equal(end, CANCELLED);
  });
});
