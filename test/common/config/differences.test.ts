import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from '../../../src/common/config/differences.ts';
import { buildValues, isSameValue } from '../../../src/common/config/key.ts';
import { DEFAULT_CONFIG, KEYS, type Config } from '../../../src/common/config/schema.ts';

test('two equal configurations do not differ, lists included', () => {
  assert.deepEqual(differences(DEFAULT_CONFIG, JSON.parse(JSON.stringify(DEFAULT_CONFIG)) as Config), []);
  assert.ok(isSameValue([1, 2], [1, 2]) && !isSameValue([1, 2], [1]) && !isSameValue([1, 2], [1, 3]));
  const range = (most: number) => ({ rendering: { gpu_utilization: [70, most] } });
  assert.ok(isSameValue(range(100), range(100)) && !isSameValue(range(100), range(90)));
  assert.ok(!isSameValue(range(100), {}) && !isSameValue({}, range(100)) && !isSameValue({}, []));
});

test('differences are named as in a file, with both values', () => {
  const other: Config = {
    ...DEFAULT_CONFIG,
    general: { ...DEFAULT_CONFIG.general, loggingInterval: 2, collectGpu: false },
    logging: { ...DEFAULT_CONFIG.logging, logDirectory: '/logs' },
  };
  assert.deepEqual(differences(DEFAULT_CONFIG, other), [
    { key: 'general.logging_interval', a: 1, b: 2 },
    { key: 'general.collect_gpu', a: true, b: false },
    { key: 'logging.log_directory', a: 'logs', b: '/logs' },
  ]);
});

test('exactly the keys that a running sampler acts on count', () => {
  const counted = KEYS.filter(key => {
    const other = buildValues(KEYS, each => (each === key ? 'other' : each.initial)) as Config;
    return differences(DEFAULT_CONFIG, other).length > 0;
  });
  assert.deepEqual(
    counted.map(key => key.yaml),
    [
      'general.logging_interval',
      'general.collect_cpu',
      'general.collect_gpu',
      'general.collect_ram',
      'general.collect_disk',
      'general.collect_network',
      'general.collect_power',
      'general.per_core_columns',
      'general.enable_session_classification',
      'logging.log_directory',
      'logging.rolling_logs',
      'logging.max_file_size_mb',
      'logging.max_files_per_day',
      'logging.enable_delta_filtering',
      'logging.delta_threshold_percent',
      'logging.compress_old_logs',
      'logging.compress_after_days',
      'logging.retention_days',
      'logging.max_total_mb',
      'hardware_id.hash_algorithm',
      'hardware_id.scheme',
      'hardware_id.include_cpu',
      'hardware_id.include_gpu',
      'hardware_id.include_motherboard',
      'hardware_id.include_ram',
      'cloud.enabled',
      'cloud.mode',
      'cloud.provider',
      'cloud.encrypt_before_upload',
      'cloud.upload_interval_minutes',
      'cloud.max_spool_mb',
      'cloud.max_kbps',
      'cloud.study',
      'cloud.recipients',
      'cloud.folder.path',
      'cloud.gdrive.folder_name',
      'cloud.gdrive.client_id',
      'cloud.s3.endpoint',
      'cloud.s3.bucket',
      'cloud.s3.region',
      'cloud.s3.prefix',
      'cloud.webdav.url',
      'session_classification.update_interval',
      'session_classification.confidence_threshold',
      'session_classification.categories',
      'session_classification.profiles',
      'performance.low_priority_mode',
      'performance.max_buffer_memory_mb',
      'performance.batch_write_size',
    ],
  );
});
