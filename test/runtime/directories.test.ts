import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  dataDirectory,
  ensurePrivateDirectory,
  runtimeDirectory,
  socketFitsIn,
  UnsafeDirectoryError,
} from '../../src/runtime/directories.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const uid = process.getuid?.() ?? 0;

/** Sets a variable of this process for one test. */
function setEnvironment(t: TestContext, name: string, value: string): void {
  const before = process.env[name];
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  });
  process.env[name] = value;
}

describe('runtimeDirectory', { skip: process.platform !== 'linux' && 'written for Linux' }, () => {
  test('is in XDG_RUNTIME_DIR where that is an absolute path', () => {
    assert.equal(runtimeDirectory({ XDG_RUNTIME_DIR: '/run/user/1000' }), '/run/user/1000/optimetrics');
    assert.equal(runtimeDirectory({ XDG_RUNTIME_DIR: '/run/user/1000/' }), '/run/user/1000/optimetrics');
  });

  test('is otherwise the user’s own under the temporary folder', () => {
    for (const env of [
      {},
      { XDG_RUNTIME_DIR: '' },
      { XDG_RUNTIME_DIR: 'run' },
      { XDG_RUNTIME_DIR: './run' },
    ]) {
      assert.equal(runtimeDirectory(env), path.join(os.tmpdir(), `optimetrics-${String(uid)}`));
    }
  });

  test('is a short one, always the same, where a socket’s path would be too long', t => {
    const long = `/run/${'long/'.repeat(20)}`;
    const short = runtimeDirectory({ XDG_RUNTIME_DIR: long });
    assert.match(short, new RegExp(`^/tmp/optimetrics-${String(uid)}-[0-9a-f]{12}$`));
    assert.ok(socketFitsIn(short));
    assert.equal(runtimeDirectory({ XDG_RUNTIME_DIR: long }), short);
    assert.notEqual(runtimeDirectory({ XDG_RUNTIME_DIR: `${long}er` }), short);
    setEnvironment(t, 'TMPDIR', long);
    assert.ok(socketFitsIn(runtimeDirectory({})), runtimeDirectory({}));
  });

  test('does not depend on the current folder when TMPDIR is relative', t => {
    setEnvironment(t, 'TMPDIR', 'tmp');
    assert.ok(path.isAbsolute(runtimeDirectory({})));
    assert.ok(!runtimeDirectory({}).startsWith(process.cwd()));
  });

  test('counts bytes, not characters', () => {
    const directory = `/${'ü'.repeat(50)}`;
    assert.ok(!socketFitsIn(directory));
    assert.ok(socketFitsIn(`/${'u'.repeat(50)}`));
  });
});

describe('folders on macOS', { skip: process.platform === 'win32' && 'paths of Unix' }, () => {
  /** Lets this process take itself for one on macOS for one test. */
  function onMac(t: TestContext): void {
    const real = process.platform;
    t.after(() => {
      Object.defineProperty(process, 'platform', { value: real });
    });
    Object.defineProperty(process, 'platform', { value: 'darwin' });
  }
  const SUPPORT = '/Users/jane/Library/Application Support/OptiMetrics';

  test('the socket is kept where nobody cleans up, beside the logs', t => {
    onMac(t);
    setEnvironment(t, 'TMPDIR', '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/');
    assert.equal(dataDirectory({ HOME: '/Users/jane' }), SUPPORT);
    assert.equal(runtimeDirectory({ HOME: '/Users/jane' }), `${SUPPORT}/run-${String(uid)}`);
    assert.equal(
      runtimeDirectory({ HOME: '/Users/jane', XDG_RUNTIME_DIR: '/Users/jane/run' }),
      '/Users/jane/run/optimetrics',
    );
  });

  test('a home with a long name gets a short folder, as does one of another user a different one', t => {
    onMac(t);
    const long = `/Users/${'j'.repeat(60)}`;
    const short = runtimeDirectory({ HOME: long });
    assert.match(short, new RegExp(`^/tmp/optimetrics-${String(uid)}-[0-9a-f]{12}$`));
    assert.ok(socketFitsIn(short));
    assert.notEqual(runtimeDirectory({ HOME: `${long}j` }), short);
  });

  test('the data folder does not follow variables of other systems, and is absolute without HOME', t => {
    onMac(t);
    assert.equal(dataDirectory({ HOME: '/Users/jane', XDG_DATA_HOME: '/data', LOCALAPPDATA: 'C:' }), SUPPORT);
    assert.ok(path.isAbsolute(dataDirectory({})));
  });
});

describe(
  'folders on Windows',
  { skip: process.platform === 'win32' && 'it is asked in its own words there' },
  () => {
    /** Lets this process take itself for one on Windows for one test; paths stay those of this system. */
    function onWindows(t: TestContext): void {
      const real = process.platform;
      t.after(() => {
        Object.defineProperty(process, 'platform', { value: real });
      });
      Object.defineProperty(process, 'platform', { value: 'win32' });
    }

    test('are those of local application data, the socket’s too', t => {
      onWindows(t);
      setEnvironment(t, 'TMPDIR', '/temp');
      const env = { LOCALAPPDATA: '/Users/jane/AppData/Local', HOME: '/elsewhere', XDG_DATA_HOME: '/data' };
      assert.equal(dataDirectory(env), '/Users/jane/AppData/Local/OptiMetrics');
      assert.equal(runtimeDirectory(env), `/Users/jane/AppData/Local/OptiMetrics/run-${String(uid)}`);
      for (const LOCALAPPDATA of [undefined, '', 'relative', 'C:']) {
        assert.equal(
          dataDirectory({ LOCALAPPDATA }),
          path.join(os.homedir(), 'AppData', 'Local', 'OptiMetrics'),
          LOCALAPPDATA,
        );
      }
    });
  },
);

describe('dataDirectory', { skip: process.platform !== 'linux' && 'written for Linux' }, () => {
  test('follows the XDG base directories', () => {
    assert.equal(dataDirectory({ XDG_DATA_HOME: '/data', HOME: '/home/x' }), '/data/optimetrics');
    assert.equal(dataDirectory({ HOME: '/home/x' }), '/home/x/.local/share/optimetrics');
    assert.equal(
      dataDirectory({ XDG_DATA_HOME: 'relative', HOME: '/home/x' }),
      '/home/x/.local/share/optimetrics',
    );
    assert.equal(dataDirectory({ XDG_DATA_HOME: '', HOME: '/home/x' }), '/home/x/.local/share/optimetrics');
  });

  test('is absolute without a usable HOME', () => {
    for (const env of [{}, { HOME: '' }, { HOME: 'relative' }]) {
      assert.equal(dataDirectory(env), path.join(os.userInfo().homedir, '.local/share/optimetrics'));
    }
  });
});

describe('ensurePrivateDirectory', { skip: process.platform === 'win32' && 'POSIX modes' }, () => {
  const mode = (directory: string): number => fs.statSync(directory).mode & 0o777;

  test('makes the folder and its parents for this user alone', t => {
    const directory = path.join(temporaryDirectory(t), 'a', 'b');
    ensurePrivateDirectory(directory);
    assert.equal(mode(directory), 0o700);
    ensurePrivateDirectory(directory);
    assert.equal(mode(directory), 0o700);
  });

  test('takes the rights of others away from a folder that is ours', t => {
    const directory = path.join(temporaryDirectory(t), 'open');
    fs.mkdirSync(directory);
    fs.writeFileSync(path.join(directory, 'token'), 'kept');
    for (const wrong of [0o777, 0o755, 0o710, 0o701, 0o704]) {
      fs.chmodSync(directory, wrong);
      ensurePrivateDirectory(directory);
      assert.equal(mode(directory), 0o700, wrong.toString(8));
    }
    assert.equal(fs.readFileSync(path.join(directory, 'token'), 'utf8'), 'kept');
  });

  test('refuses a link, dangling or to a folder, and a file', t => {
    const root = temporaryDirectory(t);
    const target = path.join(root, 'target');
    fs.mkdirSync(target, { mode: 0o755 });
    fs.chmodSync(target, 0o755);
    const at = path.join(root, 'runtime');
    for (const make of [
      () => {
        fs.symlinkSync(target, at);
      },
      () => {
        fs.symlinkSync(path.join(root, 'nowhere'), at);
      },
      () => {
        fs.writeFileSync(at, '');
      },
    ]) {
      make();
      assert.throws(
        () => {
          ensurePrivateDirectory(at);
        },
        (error: unknown) => error instanceof UnsafeDirectoryError && !error.message.includes(root),
      );
      fs.rmSync(at);
    }
    assert.ok(!fs.existsSync(path.join(root, 'nowhere')), 'nothing was made behind the link');
    assert.equal(mode(target), 0o755, 'what the link points to was left alone');
  });

  test('refuses a folder of another user', { skip: uid !== 0 && 'only root can make one' }, t => {
    const directory = path.join(temporaryDirectory(t), 'theirs');
    fs.mkdirSync(directory, { mode: 0o777 });
    fs.chownSync(directory, 12_345, 12_345);
    assert.throws(() => {
      ensurePrivateDirectory(directory);
    }, UnsafeDirectoryError);
  });

  test('passes on why a folder cannot be made', t => {
    const file = path.join(temporaryDirectory(t), 'file');
    fs.writeFileSync(file, '');
    assert.throws(
      () => {
        ensurePrivateDirectory(path.join(file, 'below'));
      },
      { code: 'ENOTDIR' },
    );
  });
});
