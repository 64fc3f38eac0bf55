import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { absenceOfError, absenceOfStatus } from '../../../../src/sampler/native/windows/codes.ts';
import {
  openWindowsLibraries,
  systemFolder,
  type WindowsLibraries,
} from '../../../../src/sampler/native/windows/library.ts';
import { readMachineNames } from '../../../../src/sampler/native/windows/machine-names.ts';
import { processStartReader } from '../../../../src/sampler/native/windows/process-start.ts';
import { MachineRegistry } from '../../../../src/sampler/native/windows/registry.ts';
import { BALANCED, FakeWindows } from '../../../fixtures/windows/fake-windows.ts';

const PROCESSOR = 'HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0';
const FIRMWARE = 'HARDWARE\\DESCRIPTION\\System\\BIOS';

function load({ options }: FakeWindows): WindowsLibraries {
  const libraries = openWindowsLibraries(options);
  assert.ok(libraries.available);
  return libraries;
}

describe('libraries of Windows', () => {
  test('are loaded from System32 and nowhere else', () => {
    assert.equal(systemFolder({ SystemRoot: 'D:\\WINNT' }), 'D:\\WINNT\\System32\\');
    assert.equal(systemFolder({ SystemRoot: 'D:\\WINNT\\' }), 'D:\\WINNT\\System32\\');
    for (const root of [
      undefined,
      '',
      '.',
      'Windows',
      '\\Windows',
      'D:',
      'D:Windows',
      '\\\\server\\share',
      '/x',
    ]) {
      assert.equal(systemFolder({ SystemRoot: root }), 'C:\\Windows\\System32\\', String(root));
    }
  });

  test('each is loaded once, and by its absolute path', () => {
    const files: string[] = [];
    const koffi = { load: (file: string) => void files.push(file) };
    const libraries = openWindowsLibraries({
      env: { SystemRoot: 'C:\\Windows' },
      loadKoffi: () => ({ available: true, koffi: koffi as never }),
    });
    assert.ok(libraries.available);
    for (const name of ['ntdll', 'kernel32', 'iphlpapi', 'powrprof', 'advapi32', 'ntdll'] as const)
      assert.equal(libraries[name].bind('Missing', ['void']), undefined);
    assert.deepEqual(
      files,
      ['ntdll', 'kernel32', 'iphlpapi', 'powrprof', 'advapi32'].map(
        name => `C:\\Windows\\System32\\${name}.dll`,
      ),
    );
  });

  test('codes say why there is no answer', () => {
    assert.equal(absenceOfStatus(0xc000_0022), 'denied');
    assert.equal(absenceOfStatus(0xc000_00bb), 'unsupported');
    assert.equal(absenceOfStatus(0xc000_0004), 'failed');
    assert.equal(absenceOfError(5), 'denied');
    assert.equal(absenceOfError(120), 'unsupported');
    assert.equal(absenceOfError(21), 'failed');
  });
});

describe('registry of Windows', () => {
  test('tells the names of processor and board', () => {
    const windows = new FakeWindows()
      .setRegistry(PROCESSOR, 'ProcessorNameString', 'AMD Ryzen 7 7700X 8-Core Processor            ')
      .setRegistry(FIRMWARE, 'BaseBoardManufacturer', 'ASUSTeK COMPUTER INC.')
      .setRegistry(FIRMWARE, 'BaseBoardProduct', 'TUF GAMING B650-PLUS');
    assert.deepEqual(readMachineNames(windows.options), {
      cpu: 'AMD Ryzen 7 7700X 8-Core Processor',
      boardVendor: 'ASUSTeK COMPUTER INC.',
      boardProduct: 'TUF GAMING B650-PLUS',
    });
    windows.assertNoMisuse();
  });

  test('a name that is not there, too long or not to be had is empty', () => {
    const empty = { cpu: '', boardVendor: '', boardProduct: '' };
    assert.deepEqual(readMachineNames(new FakeWindows().options), empty);
    assert.deepEqual(readMachineNames(new FakeWindows(['RegGetValueW']).options), empty);
    const none = { loadKoffi: () => ({ available: false, reason: 'failed', why: 'no koffi' }) as const };
    assert.deepEqual(readMachineNames(none), empty);
    const windows = new FakeWindows()
      .setRegistry('A', 'B', 'x'.repeat(255))
      .setRegistry('A', 'C', 'x'.repeat(256));
    const registry = new MachineRegistry(load(windows).advapi32);
    assert.equal(registry.text('A', 'B').length, 255);
    assert.equal(registry.text('A', 'C'), '');
    windows.assertNoMisuse();
  });
});

describe('start of a process on Windows', () => {
  test('is told in steps of 100 ns, and empty where it cannot be', () => {
    const windows = new FakeWindows().setProcess(4321, 134_401_447_277_628_410n);
    const startOf = processStartReader(load(windows).kernel32);
    assert.equal(startOf(4321), '134401447277628410');
    assert.equal(startOf(4322), '');
    windows.fail('OpenProcess', 5);
    assert.equal(startOf(4321), '', 'somebody else’s');
    windows.fail('OpenProcess', 0).fail('GetProcessTimes', 5);
    assert.equal(startOf(4321), '');
    assert.deepEqual(windows.books, BALANCED);
    windows.assertNoMisuse();
    assert.equal(processStartReader(load(new FakeWindows(['OpenProcess'])).kernel32)(1), '');
  });
});
