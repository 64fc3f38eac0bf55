import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { type Diagnosis, diagnose, diagnosisText } from '../../src/cli/doctor.ts';
import type { SamplerStatus } from '../../src/common/protocol.ts';
import { readingsOf } from '../common/readings-of.ts';
import { temporaryDirectory } from '../runtime/temporary-directory.ts';

const STATUS: SamplerStatus = {
  adapters: [{ name: 'cpu', group: 'cpu', state: 'ok', detail: '64 cores' }],
  log: { state: 'off', rowsWritten: 0 },
  hardwareId: '476aa2f138590064966c48cda3e6a773',
  intervalSeconds: 1,
  container: true,
  clients: 1,
};
const LIMITS = { cpu: { cores: 2, hostCores: 64 }, memory: { mb: 4096, hostMb: 515_072 } };

function diagnosisOf(t: TestContext, status: SamplerStatus): Promise<Diagnosis> {
  const directory = temporaryDirectory(t);
  const readings = readingsOf({ total_utilization: 3, temperature: 'unsupported' });
  return diagnose(readings, status, { logDirectory: directory, runtimeDirectory: directory });
}

describe('the doctor', () => {
  test('says what is limited, and what the machine has', async t => {
    const diagnosis = await diagnosisOf(t, { ...STATUS, limits: LIMITS });
    assert.deepEqual(diagnosis.limits, LIMITS);
    assert.match(
      diagnosisText(diagnosis),
      /^limits {6}CPU 2 cores \(machine: 64\), memory 4\.0 GiB \(machine: 503 GiB\)$/m,
    );
  });

  test('says so of the one that is limited', async t => {
    const text = diagnosisText(await diagnosisOf(t, { ...STATUS, limits: { cpu: LIMITS.cpu } }));
    assert.match(text, /^limits {6}CPU 2 cores \(machine: 64\)$/m);
    assert.doesNotMatch(text, /memory/);
  });

  test('says nothing of limits where there are none, and lists none', async t => {
    const diagnosis = await diagnosisOf(t, STATUS);
    assert.deepEqual(diagnosis.limits, {});
    assert.doesNotMatch(diagnosisText(diagnosis), /limits/);
    assert.match(diagnosisText(diagnosis), /, in a container$/m);
  });
});
