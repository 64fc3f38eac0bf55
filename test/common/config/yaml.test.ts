import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { buildValues, toSnakeCase, valueAt } from '../../../src/common/config/key.ts';
import { formatProblem, MAX_PROBLEMS } from '../../../src/common/config/problem.ts';
import { KEYS } from '../../../src/common/config/schema.ts';
import { MAX_CONFIG_BYTES, sizeProblem } from '../../../src/common/config/size.ts';
import { parseYamlConfig, type ParsedConfig } from '../../../src/common/config/yaml.ts';
import { allowedValues } from './values.ts';

function read(text: string): { config: unknown; problems: string[]; notices: string[] } {
  const { config, problems, notices } = parseYamlConfig(text, 'config.yaml');
  return { config, problems: problems.map(formatProblem), notices: notices.map(formatProblem) };
}

function assertSound(parsed: ParsedConfig): void {
  assert.ok(parsed.problems.length <= MAX_PROBLEMS + 1);
  for (const problem of [...parsed.problems, ...parsed.notices]) {
    assert.match(formatProblem(problem), /^config\.yaml(?::[1-9]\d*:[1-9]\d*)?: /);
    assert.doesNotMatch(formatProblem(problem), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.ok(formatProblem(problem).length < 800, formatProblem(problem));
  }
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(Object.getPrototypeOf(parsed.config), Object.prototype);
}

describe('a wrong value', () => {
  test('is reported with file, line, column, key, range and the value used instead; the good keys count', () => {
    assert.deepEqual(
      read('# top\ngeneral:\n  collect_gpu: false\n\n  # speed\n\n  logging_interval: fast\n'),
      {
        config: { general: { collectGpu: false } },
        problems: [
          'config.yaml:7:21: general.logging_interval: must be a number from 0.1 to 3600, not "fast"; using 1',
        ],
        notices: [],
      },
    );
  });

  const wrong: [text: string, problem: string][] = [
    [
      'general: {logging_interval: 0}',
      'general.logging_interval: must be a number from 0.1 to 3600, not 0; using 1',
    ],
    [
      'general: {logging_interval: .inf}',
      'general.logging_interval: must be a number from 0.1 to 3600, not Infinity; using 1',
    ],
    [
      'general: {logging_interval: .nan}',
      'general.logging_interval: must be a number from 0.1 to 3600, not NaN; using 1',
    ],
    [
      'general: {logging_interval: [1]}',
      'general.logging_interval: must be a number from 0.1 to 3600, not a list; using 1',
    ],
    [
      'general: {logging_interval: {a: 1}}',
      'general.logging_interval: must be a number from 0.1 to 3600, not a group of keys; using 1',
    ],
    [
      'general: {logging_interval: }',
      'general.logging_interval: must be a number from 0.1 to 3600, not empty; using 1',
    ],
    [
      'general: {logging_interval: 1_0}',
      'general.logging_interval: must be a number from 0.1 to 3600, not "1_0"; using 1',
    ],
    ['general: {collect_cpu: yes}', 'general.collect_cpu: must be true or false, not "yes"; using true'],
    ['general: 5', 'general: must be a group of keys, not 5; ignored'],
    ['general: [a]', 'general: must be a group of keys, not a list; ignored'],
    ['general: text', 'general: must be a group of keys, not text; ignored'],
    [
      'logging: {max_files_per_day: 1.5}',
      'logging.max_files_per_day: must be a whole number from 1 to 1000, not 1.5; using 10',
    ],
    [
      'logging: {max_file_size_mb: 0}',
      'logging.max_file_size_mb: must be a number above 0 and up to 10000, not 0; using 50',
    ],
    [
      'logging: {log_directory: 5}',
      'logging.log_directory: must be text of 1 to 4096 characters without control characters, not 5; using logs',
    ],
    [
      'logging: {log_directory: "/home/me\\0"}',
      'logging.log_directory: must be text of 1 to 4096 characters without control characters, not this text; using logs',
    ],
    [
      'hardware_id: {hash_algorithm: md5}',
      'hardware_id.hash_algorithm: must be one of sha256, sha384, sha512, not "md5"; using sha256',
    ],
    [
      'debug: {log_level: "info\\e[31m\\u202e"}',
      'debug.log_level: must be one of DEBUG, INFO, WARNING, ERROR, not "info\\u{1b}[31m\\u{202e}"; using INFO',
    ],
    [
      'performance: {cpu_affinity: [0, two]}',
      'performance.cpu_affinity: must be a list of at most 1024 whole numbers from 0 to 1023, not a list with "two"; using []',
    ],
    [
      'performance: {cpu_affinity: 3}',
      'performance.cpu_affinity: must be a list of at most 1024 whole numbers from 0 to 1023, not 3; using []',
    ],
    [
      'performance: {cpu_affinity: [[0]]}',
      'performance.cpu_affinity: must be a list of at most 1024 whole numbers from 0 to 1023, not a list with a list; using []',
    ],
    [
      'privacy: {collect_user_names: true}',
      'privacy.collect_user_names: must be false (OptiMetrics has no means to collect user names), not true; using false',
    ],
    [
      'privacy: {anonymize_hardware: false}',
      'privacy.anonymize_hardware: must be true (OptiMetrics has no means to collect serial numbers or other marks of a single device), not false; using true',
    ],
  ];
  for (const [text, problem] of wrong) {
    test(text, () => {
      const { config, problems } = read(text);
      assert.deepEqual(config, {});
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.replace(/^config\.yaml:1:\d+: /, ''), problem);
    });
  }
});

describe('a key', () => {
  test('that is unknown is reported, with the nearest known one', () => {
    assert.deepEqual(
      read(
        [
          'genral: {collect_cpu: false}',
          'general:',
          '  loging_interval: 2',
          '  collectCpu: false',
          '  collect-gpu: false',
          '  hash_algorithm: sha512',
          '  completely_different: 1',
          'logging_interval: 3',
        ].join('\n'),
      ),
      {
        config: {},
        problems: [
          'config.yaml:1:1: genral: unknown key; did you mean general?; ignored',
          'config.yaml:3:3: general.loging_interval: unknown key; did you mean logging_interval?; ignored',
          'config.yaml:4:3: general.collectCpu: unknown key; did you mean collect_cpu?; ignored',
          'config.yaml:5:3: general.collect-gpu: unknown key; did you mean collect_gpu?; ignored',
          'config.yaml:6:3: general.hash_algorithm: unknown key; did you mean hardware_id.hash_algorithm?; ignored',
          'config.yaml:7:3: general.completely_different: unknown key; ignored',
          'config.yaml:8:1: logging_interval: unknown key; did you mean general.logging_interval?; ignored',
        ],
        notices: [],
      },
    );
  });

  test('that is given twice counts once, the first time', () => {
    assert.deepEqual(
      read('general:\n  logging_interval: 2\n  logging_interval: 3\ngeneral:\n  collect_cpu: false\n'),
      {
        config: { general: { loggingInterval: 2 } },
        problems: [
          'config.yaml:3:3: general.logging_interval: is given again (first on line 2); the first one is used',
          'config.yaml:4:1: general: is given again (first on line 1); the first one is used',
        ],
        notices: [],
      },
    );
  });

  test('that is not text is unknown', () => {
    assert.deepEqual(read('1: x\n[a]: x\n? {b: c}\n: x\nnull: x\n&a k: x\n*a : x\n').problems, [
      'config.yaml:1:1: 1: unknown key; ignored',
      'config.yaml:2:1: ?: unknown key; ignored',
      'config.yaml:3:3: ?: unknown key; ignored',
      'config.yaml:5:1: null: unknown key; ignored',
      'config.yaml:6:4: k: unknown key; ignored',
      'config.yaml:7:1: *a: unknown key; ignored',
    ]);
  });

  test('that would reach a prototype is unknown and reaches none', () => {
    const text = [
      '__proto__: {polluted: true, general: {collect_cpu: false}}',
      'constructor: {prototype: {polluted: true}}',
      'prototype: 1',
      'general:',
      '  __proto__: {polluted: true}',
      '  constructor: 1',
      '  toString: 1',
      '  hasOwnProperty: 1',
      'cloud: {gdrive: {__proto__: {polluted: true}}}',
    ].join('\n');
    const parsed = parseYamlConfig(text, 'config.yaml');
    assertSound(parsed);
    assert.deepEqual(parsed.config, {});
    assert.equal(parsed.problems.length, 8);
    assert.equal((Object.prototype as { polluted?: unknown }).polluted, undefined);
  });

  test('of the original that stands for nothing here is accepted with one notice', () => {
    assert.deepEqual(
      read(
        'cloud:\n  onedrive: {folder_name: x}\n  encryption: {algorithm: x}\n' +
          '  gdrive: {token_file: y, folder_name: OptiMetrics_Logs}\n  onedrive: 1\n',
      ),
      {
        config: { cloud: { gdrive: { folderName: 'OptiMetrics_Logs' } } },
        problems: [
          'config.yaml:5:3: cloud.onedrive: is given again (first on line 2); the first one is used',
        ],
        notices: [
          'config.yaml:2:3: cloud.onedrive: has no meaning here; ignored',
          'config.yaml:3:3: cloud.encryption: has no meaning here; ignored',
          'config.yaml:4:12: cloud.gdrive.token_file: has no meaning here; ignored',
        ],
      },
    );
  });

  test('that this version does not act on is accepted, with a notice unless it has its default', () => {
    assert.deepEqual(
      read(
        'performance: {cpu_affinity: [1]}\nsession_classification:\n  update_interval: 5\ngeneral:\n  auto_start: true\n',
      ),
      {
        config: {
          performance: { cpuAffinity: [1] },
          sessionClassification: { updateInterval: 5 },
          general: { autoStart: true },
        },
        problems: [],
        notices: [
          'config.yaml:1:29: performance.cpu_affinity: accepted, but this version does not act on it yet',
          'config.yaml:5:15: general.auto_start: has no effect: the extension starts with VS Code, and a service manager can start `optimetrics run`',
        ],
      },
    );
  });

  test('with a type of its own is refused', () => {
    assert.deepEqual(
      read(
        [
          'general:',
          '  logging_interval: !!js/function "function () { return 5 }"',
          '  collect_cpu: !!bool false',
          'logging:',
          '  log_directory: !!python/object/apply:os.system [x]',
          '  compress_after_days: !!int 3',
          'cloud: !secret {enabled: true}',
          'performance: {cpu_affinity: [!x 1]}',
        ].join('\n'),
      ),
      {
        config: { general: { collectCpu: false }, logging: { compressAfterDays: 3 } },
        problems: [
          'config.yaml:2:35: general.logging_interval: has the type tag:yaml.org,2002:js/function, which is not known here; using 1',
          'config.yaml:5:50: logging.log_directory: has the type tag:yaml.org,2002:python/object/apply:os.system, which is not known here; using logs',
          'config.yaml:7:16: cloud: has the type !secret, which is not known here; ignored',
          'config.yaml:8:29: performance.cpu_affinity: must be a list of at most 1024 whole numbers from 0 to 1023, not a list with empty; using []',
        ],
        notices: [],
      },
    );
  });
});

describe('anchors', () => {
  test('stand for what they name', () => {
    assert.deepEqual(
      read(
        'general:\n  logging_interval: &n 2\n  collect_cpu: &off false\n  collect_gpu: *off\nperformance:\n  cpu_affinity: [*n, 0]\n' +
          'hardware_id: &id\n  include_ram: true\nlogging:\n  compress_old_logs: &off true\n  rolling_logs: *off\n',
      ),
      {
        config: {
          general: { loggingInterval: 2, collectCpu: false, collectGpu: false },
          logging: { rollingLogs: true, compressOldLogs: true },
          hardwareId: { includeRam: true },
          performance: { cpuAffinity: [2, 0] },
        },
        problems: [],
        notices: [
          'config.yaml:6:17: performance.cpu_affinity: accepted, but this version does not act on it yet',
        ],
      },
    );
  });

  test('that name nothing above them are reported', () => {
    assert.deepEqual(read('general: {logging_interval: *later}\nlogging: &later {}\n').problems, [
      'config.yaml:1:29: general.logging_interval: refers to *later, which is not defined above; using 1',
    ]);
  });

  test('that expand without end are never expanded', () => {
    const names = 'a b c d e f g h i j k l m n o p q r s t u v w x y z'.split(' ');
    const lines = names.map((name, index) => {
      const below = index === 0 ? 'lol' : `*${names[index - 1] ?? ''}`;
      return `${name}: &${name} [${new Array(9).fill(below).join(', ')}]`;
    });
    const { config, problems } = read(
      [
        ...lines,
        'general:',
        '  logging_interval: *z',
        '  collect_cpu: false',
        'performance: {cpu_affinity: *z}',
      ].join('\n'),
    );
    assert.deepEqual(config, { general: { collectCpu: false } });
    assert.equal(problems[0], 'config.yaml:1:1: a: unknown key; ignored');
    assert.deepEqual(problems.slice(26), [
      'config.yaml:28:21: general.logging_interval: must be a number from 0.1 to 3600, not a list; using 1',
      'config.yaml:30:29: performance.cpu_affinity: must be a list of at most 1024 whole numbers from 0 to 1023, not a list with a list; using []',
    ]);
  });

  test('that hold themselves are read once', () => {
    assert.deepEqual(
      read(
        'general: &g\n  logging_interval: 2\n  general: *g\ncloud: &c\n  gdrive: *c\nperformance: {cpu_affinity: &l [*l]}\n',
      ),
      {
        config: { general: { loggingInterval: 2 } },
        problems: [
          'config.yaml:3:3: general.general: unknown key; ignored',
          'config.yaml:5:3: cloud.gdrive.gdrive: unknown key; ignored',
          'config.yaml:6:32: performance.cpu_affinity: must be a list of at most 1024 whole numbers from 0 to 1023, not a list with a list; using []',
        ],
        notices: [],
      },
    );
  });
});

describe('a file', () => {
  const same = { config: { general: { loggingInterval: 2, collectCpu: false } }, problems: [], notices: [] };

  for (const [what, text] of [
    ['that is empty', ''],
    ['of blank lines', '\n\n  \n'],
    ['of comments', '# nothing\n# here\n'],
    ['with only a byte order mark', '\uFEFF'],
    ['with only a document mark', '---\n'],
    ['that says null', '~'],
    ['with empty sections', 'general:\nlogging: ~\ncloud: {}\n'],
  ] as const) {
    test(`${what} changes nothing`, () => {
      assert.deepEqual(read(text), { config: {}, problems: [], notices: [] });
    });
  }

  test('with a byte order mark, Windows line ends or a %YAML line is read like any other', () => {
    const text = 'general:\n  logging_interval: 2\n  collect_cpu: false\n';
    assert.deepEqual(read(text), same);
    assert.deepEqual(read(`\uFEFF${text}`), same);
    assert.deepEqual(read(text.replaceAll('\n', '\r\n')), same);
    assert.deepEqual(read(`%YAML 1.1\n---\n${text}...\n`), same);
    assert.deepEqual(read('{"general": {"logging_interval": 2, "collect_cpu": false}}'), same);
    assert.deepEqual(read('\uFEFFx: 1\r\ny: 2\r\n').problems, [
      'config.yaml:1:1: x: unknown key; ignored',
      'config.yaml:2:1: y: unknown key; ignored',
    ]);
  });

  test('in YAML 1.1 has neither its yes and no nor its merge keys', () => {
    const { config, problems } = read(
      '%YAML 1.1\n---\ngeneral:\n  <<: {collect_cpu: false}\n  collect_gpu: no\n',
    );
    assert.deepEqual(config, {});
    assert.deepEqual(problems, [
      'config.yaml:4:3: general.<<: unknown key; ignored',
      'config.yaml:5:16: general.collect_gpu: must be true or false, not "no"; using true',
    ]);
  });

  for (const [what, text, problem] of [
    [
      'that is prose',
      'dear reader,\nnothing',
      '1:1: must hold keys and values, not text; the whole file is ignored',
    ],
    [
      'that is a list',
      '- general\n',
      '1:1: must hold keys and values, not a list; the whole file is ignored',
    ],
    ['that is a number', '5', '1:1: must hold keys and values, not 5; the whole file is ignored'],
    [
      'with tabs',
      'general:\n\tlogging_interval: 2\n',
      '2:1: is not YAML: Tabs are not allowed as indentation; the whole file is ignored',
    ],
    [
      'with an open quote',
      'general:\n  collect_cpu: "no\n',
      '3:1: is not YAML: Missing closing "quote; the whole file is ignored',
    ],
    [
      'with an open bracket',
      'general: {collect_cpu: false\n',
      '2:1: is not YAML: Flow map in block collection must be sufficiently indented and end with a }; the whole file is ignored',
    ],
    [
      'with binary bytes',
      'general:\n  collect_cpu: \0\0ELF',
      '2:16: is not a text file; the whole file is ignored',
    ],
  ] as const) {
    test(`${what} is refused as a whole`, () => {
      const result = read(text);
      assert.deepEqual(result.config, {});
      assert.equal(result.problems[0], `config.yaml:${problem}`);
    });
  }

  test('of several documents gives its first', () => {
    const result = read(
      'general:\n  logging_interval: 2\n  collect_cpu: false\n---\ngeneral: {collect_gpu: false}\n---\n',
    );
    assert.deepEqual(result.config, same.config);
    assert.deepEqual(result.problems, [
      'config.yaml:4:1: holds more than one document; only the first is used',
    ]);
  });

  test('that quotes its own text in a fault does not repeat it', () => {
    for (const text of [
      'a: [x]] /home/somebody',
      'a: | /home/somebody',
      '} /home/somebody',
      'a: !e!/home/somebody x',
    ]) {
      const { problems } = read(text);
      assert.notEqual(problems.length, 0);
      assert.doesNotMatch(problems.join(), /somebody/);
    }
  });

  test('over the size limit is refused without being parsed', () => {
    const message =
      'config.yaml: is larger than the 1 MiB that a configuration file may have; the whole file is ignored';
    assert.deepEqual(read(`general: {collect_cpu: false}\n${' '.repeat(10 * MAX_CONFIG_BYTES)}`), {
      config: {},
      problems: [message],
      notices: [],
    });
    const problem = sizeProblem(MAX_CONFIG_BYTES + 1, 'config.yaml');
    assert.ok(problem);
    assert.equal(formatProblem(problem), message);
    assert.equal(sizeProblem(MAX_CONFIG_BYTES, 'config.yaml'), undefined);
  });

  const deep = 'is nested too deeply; the whole file is ignored';
  const long = 'goes on far beyond what a configuration holds; the whole file is ignored';
  for (const [what, text, problem] of [
    ['100 000 brackets', '['.repeat(100_000), deep],
    ['100 000 open maps', '{a: '.repeat(100_000), deep],
    ['lists in lists on one line', '- '.repeat(100_000), deep],
    ['explicit keys on one line', '? '.repeat(100_000), deep],
    [
      'maps in maps by indentation',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      deep,
    ],
    ['100 000 unknown keys', Array.from({ length: 100_000 }, (_, i) => `k${String(i)}:\n`).join(''), long],
    ['a list of 300 000 numbers', `performance:\n  cpu_affinity: [${'1,'.repeat(300_000)}]`, long],
    ['half a million closing brackets', ']'.repeat(500_000), long],
    ['a million blank lines', '\n'.repeat(1_000_000), long],
    ['a hundred thousand documents', '---\n'.repeat(100_000), long],
  ] as const) {
    test(`of ${what} is refused early`, () => {
      const result = read(text);
      assert.deepEqual(result.config, {});
      assert.equal(result.problems.length, 1);
      assert.match(result.problems[0] ?? '', /^config\.yaml:\d+:\d+: /);
      assert.ok(result.problems[0]?.endsWith(problem), result.problems[0]);
    });
  }

  test('nested as deeply as is allowed is read', () => {
    assert.deepEqual(read(`x: ${'['.repeat(20)}${']'.repeat(20)}\ngeneral: {collect_cpu: false}`).config, {
      general: { collectCpu: false },
    });
  });

  test('of a megabyte of one value is read', () => {
    for (const value of [
      '9'.repeat(1_000_000),
      `"${'\\x41'.repeat(250_000)}"`,
      `|\n${'   x\n'.repeat(200_000)}`,
    ]) {
      const { config, problems } = read(`general:\n  collect_cpu: false\n  logging_interval: ${value}`);
      assert.deepEqual(config, { general: { collectCpu: false } });
      assert.match(problems[0] ?? '', /^config\.yaml:3:\d+: general\.logging_interval: must be a number/);
    }
  });

  test('with many problems lists the first and counts the rest', () => {
    const { problems } = read(Array.from({ length: 1000 }, (_, i) => `key_${String(i)}: x`).join('\n'));
    assert.equal(problems.length, MAX_PROBLEMS + 1);
    assert.equal(problems.at(-1), `config.yaml: ${String(1000 - MAX_PROBLEMS)} more problems; not listed`);
  });

  test('is named without its folder', () => {
    for (const name of ['/home/me/config.yaml', 'C:\\Users\\me\\config.yaml']) {
      assert.deepEqual(parseYamlConfig('x: 1', name).problems.map(formatProblem), [
        'config.yaml:1:1: x: unknown key; ignored',
      ]);
    }
  });
});

describe('property', () => {
  const fragments = fc.constantFrom(
    ...[
      'general',
      'logging',
      'cloud',
      'logging_interval',
      'collect_cpu',
      'cpu_affinity',
      'performance',
      'gdrive',
    ],
    ...[
      ': ',
      ':\n',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '? ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
      '|\n',
      '>\n',
      '#',
      '\t',
    ],
    ...[
      '&a ',
      '*a',
      '!!js/function ',
      '!x ',
      '<<',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '%TAG ! x\n',
      '\r\n',
      '\uFEFF',
    ],
    ...[
      '1',
      '1e400',
      '.nan',
      '0x1F',
      '~',
      'true',
      '__proto__',
      'constructor',
      '@',
      '`',
      '\\',
      '\u2028',
      '\ud800',
    ],
  );

  test('any text is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        assertSound(parseYamlConfig(text, 'config.yaml'));
      }),
      { numRuns: 300 },
    );
  });

  test('any near-YAML text is answered', () => {
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 60 }), parts => {
        assertSound(parseYamlConfig(parts.join(''), 'config.yaml'));
      }),
      { numRuns: 2000 },
    );
  });

  test('any value of any key is taken or reported', () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.string(), fc.date().map(String));
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), value, (key, given) => {
        const text = stringify(nested(key.yaml.split('.'), given));
        const parsed = parseYamlConfig(text, 'config.yaml');
        assertSound(parsed);
        const taken = valueAt(parsed.config, key.path);
        if (key.kind.salvage && taken !== undefined) {
          const bad = Object.keys(given as object).length - Object.keys(taken as object).length;
          assert.equal(parsed.problems.length, bad, text);
          return;
        }
        assert.equal(taken === undefined, parsed.problems.length === 1, text);
        if (taken !== undefined) assert.deepEqual(taken, given);
        else assert.equal(parsed.problems[0]?.key, key.yaml);
      }),
      { numRuns: 500 },
    );
  });

  test('every allowed configuration comes back as it was written', () => {
    const all = fc.tuple(...KEYS.map(key => fc.option(allowedValues(key), { nil: undefined })));
    fc.assert(
      fc.property(all, values => {
        const chosen = new Map(KEYS.map((key, index) => [key, values[index]]));
        const config = buildValues(KEYS, key => chosen.get(key));
        const { config: parsed, problems } = parseYamlConfig(stringify(snakeCased(config)), 'config.yaml');
        assert.deepEqual(problems, []);
        assert.deepEqual(parsed, config);
      }),
      { numRuns: 100 },
    );
  });
});

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((below, name) => ({ [name]: below }), value);
}

function snakeCased(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, below]) => [toSnakeCase(name), snakeCased(below)]),
  );
}

test('a bad profile is reported with its place, and the others are used', () => {
  const text = `session_classification:
  profiles:
    rendering:
      gpu_utilization: [70, 100]
      vram_percent: [10, 90]
    typo:
      gpu_utilisation: [70, 100]
    upside_down: { cpu_utilization: [90, 10] }
    Name: { cpu_utilization: [0, 10] }
    gaming: { cpu_utilization: [5, 95] }
`;
  const { config, problems } = parseYamlConfig(text, 'config.yaml');
  assert.deepEqual(config.sessionClassification?.profiles, {
    rendering: { gpu_utilization: [70, 100], vram_percent: [10, 90] },
    gaming: { cpu_utilization: [5, 95] },
  });
  assert.deepEqual(
    problems.map(({ line, column, key, message }) => [line, column, key, message.slice(0, 15)]),
    [
      [7, 24, 'session_classification.profiles.typo.gpu_utilisation', 'unknown metric;'],
      [8, 37, 'session_classification.profiles.upside_down.cpu_utilization', 'must be a list '],
      [9, 11, 'session_classification.profiles.Name', 'must be a name '],
    ],
  );
});

test('a file may hold profiles alone, where that is asked for', () => {
  const bare = 'rendering: { gpu_utilization: [70, 100] }\n';
  const wanted = { rendering: { gpu_utilization: [70, 100] } };
  for (const text of [bare, `profiles:\n  ${bare}`, `session_classification:\n  profiles:\n    ${bare}`]) {
    const { config, problems } = parseYamlConfig(text, 'p.yaml', { mayBeProfiles: true });
    assert.deepEqual(problems, []);
    assert.deepEqual(config.sessionClassification?.profiles, wanted);
  }
  assert.equal(parseYamlConfig(bare, 'p.yaml').problems.length, 1);
});
