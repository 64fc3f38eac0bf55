import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { codeOf, describeFault, withoutPaths } from '../../src/common/faults.ts';

/** What must not survive: a user's name, a project, a host. */
const SECRETS = ['Jane', 'Doe', 'acme-merger', 'Zürich', 'salaries', 'hal9000'] as const;

const secret = fc.constantFrom(...SECRETS);
/** A folder's name as people make them: spaces, quotes, brackets, commas. */
const folder = fc
  .array(secret, { minLength: 1, maxLength: 3 })
  .chain(words =>
    fc
      .constantFrom(' ', "'s ", "'", '"', ' (', ') ', ', ', ' & ', ' - ', '.', '`', ' [2] ', ';', '=', '$')
      .map(between => words.join(between)),
  );
const folders = fc.array(folder, { minLength: 1, maxLength: 4 });

const path = fc.oneof(
  folders.map(names => `/home/${names.join('/')}`),
  folders.map(names => `/${names.join('/')}.log`),
  folders.map(names => `~/${names.join('/')}`),
  secret.map(name => `~${name}/logs`),
  folders.map(names => `file:///home/${names.join('/')}`),
  folders.map(names => `C:\\Users\\${names.join('\\')}`),
  folders.map(names => `d:/${names.join('/')}`),
  folders.map(names => `\\\\hal9000\\${names.join('\\')}`),
);
/** How system messages and libraries put a path into a sentence. */
const sentence = fc.constantFrom<(path: string) => string>(
  at => `cannot open ${at}`,
  at => `cannot open ${at}: no such file`,
  at => `ENOENT: no such file or directory, open '${at}'`,
  at => `EACCES: permission denied, rename '${at}' -> '${at}.old'`,
  at => `Cannot find module "${at}"`,
  at => `Failed to load shared library: ${at}: cannot open shared object file: No such file`,
  at => `at load (${at}:12:34)`,
  at => `--runtime-dir=${at}`,
  at => `path:${at}`,
  at => `\`${at}\` is not a folder`,
  at => `one line\n${at}: another line\nand a third`,
);

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(16 ** digits - 1), fc.boolean()).map(([value, isUpper]) => {
    const text = value.toString(16).padStart(digits, '0');
    return isUpper ? text.toUpperCase() : text;
  });
const hexes = (digits: number, length: number, between: string): fc.Arbitrary<string> =>
  fc.array(hex(digits), { minLength: length, maxLength: length }).map(list => list.join(between));

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map(tail => `::ffff:${tail}`),
  fc.constantFrom('fe80::1%eth0', '::1', '2001:db8::', '[fe80::1]:8080'),
  hexes(2, 6, ':'),
  hexes(2, 6, '-'),
  hexes(4, 3, '.'),
  hexes(2, 8, ':'),
);
const addressed = fc.constantFrom<(address: string) => string>(
  at => `connect to ${at} failed`,
  at => `bind ${at}:8080`,
  at => `(${at})`,
  at => `address=${at}`,
  at => `host ${at}, port 80`,
  at => at,
);

function assertKeptFrom(text: string, secrets: readonly string[]): void {
  for (const result of [withoutPaths(text), describeFault(new Error(text)), describeFault(text)]) {
    for (const word of secrets) assert.ok(!result.includes(word), `${word} is in: ${result}`);
  }
}

describe('withoutPaths', () => {
  test('leaves nothing of a path, whatever its names and the sentence around it', () => {
    fc.assert(
      fc.property(path, sentence, (at, say) => {
        assertKeptFrom(say(at), SECRETS);
      }),
      { numRuns: 3_000 },
    );
  });

  test('leaves nothing of a relative path, a URL or an account on a host', () => {
    const names = fc.array(secret, { minLength: 2, maxLength: 3 });
    const place = fc.oneof(
      names.map(list => list.join('/')),
      names.map(list => `./${list.join('/')}`),
      names.map(list => `..\\${list.join('\\')}`),
      names.map(list => `https://Jane@hal9000/${list.join('/')}?q=Doe#salaries`),
      names.map(list => list.join('@')),
      fc.constant('hal9000:/srv/acme-merger'),
    );
    const simple = fc.constantFrom<(at: string) => string>(
      at => `cannot read ${at} now`,
      at => `${at}: not found`,
      at => `(${at})`,
    );
    fc.assert(
      fc.property(place, simple, (at, say) => {
        assertKeptFrom(say(at), SECRETS);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves nothing of an IPv4, IPv6 or MAC address', () => {
    fc.assert(
      fc.property(address, addressed, (at, say) => {
        const result = withoutPaths(say(at));
        assert.ok(!result.includes(at), result);
        // Nor the better part of one: two groups of digits in a row tell a network.
        const groups = at.split(/[:.\-[\]%]+/).filter(group => group.length > 1);
        const left = groups.filter(group => new RegExp(`(?<![\\w])${group}(?![\\w])`, 'i').test(result));
        assert.ok(left.filter(group => group !== '8080' && group !== '80').length <= 0, `${at} in ${result}`);
      }),
      { numRuns: 3_000 },
    );
  });

  test('leaves nothing of a quoted name', () => {
    for (const quote of ["'", '"', '`']) {
      assertKeptFrom(`no interface ${quote}Jane Doe's ${quote} here`, ['Jane', 'Doe']);
    }
  });

  test('keeps what a reader needs', () => {
    for (const [text, kept] of [
      ['it did not come up in time', 'it did not come up in time'],
      ["the driver can't be used, and doesn't say why", "the driver can't be used, and doesn't say why"],
      ['std::bad_alloc', 'std::bad_alloc'],
      ['driver 535.104.05', 'driver 535.104.05'],
      ['general.logging_interval must be a number', 'general.logging_interval must be a number'],
      ['cannot open /home/Jane Doe/x: no such file', 'cannot open …: no such file'],
      ["open '/home/Jane Doe/x' failed", 'open … failed'],
      ['first: /a/b\nsecond: fine', 'first: …\nsecond: fine'],
    ] as const) {
      assert.equal(withoutPaths(text), kept);
    }
  });

  test('is done soon with a text made to keep it busy', () => {
    for (const piece of [
      "'a ",
      '/',
      '/ ',
      ': /',
      'a',
      '"`\'',
      '::',
      'ff:',
      'ff-',
      '1.',
      '@',
      '~',
      ' (',
      '\\',
    ]) {
      assert.equal(typeof withoutPaths(piece.repeat(4_096 / piece.length)), 'string');
    }
  });
});

describe('describeFault', () => {
  test('says a system error by its code and meaning, and nothing of its text', () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write '/home/Jane'"), {
      code: 'ENOSPC',
      path: '/home/Jane',
    });
    assert.equal(describeFault(error), 'no space left on the disk (ENOSPC)');
    assert.equal(describeFault({ code: 'EXDEV' }), 'EXDEV');
    assert.equal(describeFault({ code: 'ERR_SYSTEM_ERROR' }), 'ERR_SYSTEM_ERROR');
  });

  test('does not trust a code that is none', () => {
    assertKeptFrom(describeFault(Object.assign(new Error('no'), { code: '/home/Jane' })), ['Jane']);
    assert.equal(describeFault(Object.assign(new Error('no'), { code: 5 })), 'Error: no');
    assert.equal(describeFault(Object.assign(new Error('no'), { code: 'toString' })), 'Error: no');
  });

  test('takes whatever was thrown, and is never long', () => {
    for (const [thrown, said] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [42, '42'],
      ['why', 'why'],
      [new TypeError('bad'), 'TypeError: bad'],
    ] as const) {
      assert.equal(describeFault(thrown), said);
    }
    assert.ok(describeFault(new Error('long '.repeat(1_000_000))).length <= 300);
  });
});

test('codeOf finds text codes only', () => {
  assert.equal(codeOf({ code: 'ENOENT' }), 'ENOENT');
  for (const thrown of [undefined, null, 'ENOENT', {}, { code: 2 }, new Error('ENOENT')]) {
    assert.equal(codeOf(thrown), undefined);
  }
});
