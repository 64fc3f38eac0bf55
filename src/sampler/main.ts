import net from 'node:net';
import path from 'node:path';
import { Classifier } from '../classify/classifier.ts';
import { CorrectionStore } from '../classify/corrections.ts';
import { readModel, type WorkloadModel } from '../classify/model.ts';
import { describeFault } from '../common/faults.ts';
import { ensurePrivateDirectory } from '../runtime/directories.ts';
import { writeOwner } from '../runtime/owner.ts';
import { identify, tellStartsBy } from '../runtime/process-identity.ts';
import { type RuntimePaths, runtimePaths } from '../runtime/runtime-paths.ts';
import { SAMPLER_EXIT, SAMPLER_READY } from '../runtime/sampler-process.ts';
import { writeToken } from '../runtime/token.ts';
import { createAdapters } from './adapters/all.ts';
import { blameFormerSampler } from './former-sampler.ts';
import { InFlightMarks } from './in-flight.ts';
import { listenOnPipe } from './listening-pipe.ts';
import { inodeOf, listenAlone, releaseAddress, SocketTakenError } from './listening-socket.ts';
import { openWindowsLibraries } from './native/windows/library.ts';
import { processStartReader } from './native/windows/process-start.ts';
import { readStartOptions } from './options.ts';
import { Quarantine } from './quarantine.ts';
import { Sampler } from './sampler.ts';
import { Sysroot } from './sysroot.ts';
import { startUploadProcess } from './upload/upload-process.ts';

/** What `npm run train` made. */
const MODEL_FILE = path.join(import.meta.dirname, '..', 'configs', 'workload-model.json');

async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2));
  const sysroot = new Sysroot(process.env['OPTIMETRICS_SYSROOT']);
  const paths = runtimePaths(options.runtimeDirectory);
  ensurePrivateDirectory(paths.directory);
  const libraries = process.platform === 'win32' ? openWindowsLibraries() : undefined;
  if (libraries?.available === true) tellStartsBy(processStartReader(libraries.kernel32));

  const server = net.createServer();
  // The address is the lock: only its owner touches the other files of the folder.
  const release = await listenForClients(server, paths);
  writeOwner(paths.owner, identify(process.pid) ?? { pid: process.pid, started: '' });
  const token = writeToken(paths.token);

  const quarantine = new Quarantine(paths.quarantine);
  const blamed = blameFormerSampler(paths.inFlight, quarantine);
  if (options.isManual) quarantine.clear();
  const marks = new InFlightMarks(paths.inFlight);
  const adapters = createAdapters();
  let model: WorkloadModel | undefined;
  const workloadDirectory = path.join(options.dataDirectory, 'workload');

  const sampler = new Sampler({
    config: options.config,
    adapters,
    sysroot,
    marks,
    quarantine,
    token,
    dataDirectory: options.dataDirectory,
    workload: {
      makeClassifier: settings => {
        model ??= readModel(MODEL_FILE);
        return new Classifier({ model, ...settings });
      },
      corrections: new CorrectionStore(path.join(workloadDirectory, 'corrections.json')),
      directory: workloadDirectory,
    },
    writesLog: options.writesLog,
    stays: options.stays,
    startUpload: startUploadProcess,
    onFree: () => {
      release();
      server.close();
    },
    onEnd: () => {
      // A normal exit waits for native calls on other threads, and one may never come back.
      if (adapters.some(adapter => adapter.hasPendingCall)) process.kill(process.pid, 'SIGKILL');
      process.exit(0);
    },
  });
  // Everything since the socket began to listen ran in one go: no connection has come yet.
  server.on('connection', socket => {
    sampler.accept(socket);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void sampler.end(`ended by ${signal}`));
  }
  process.on('uncaughtException', error => {
    // A fault of ours: clients are told what it was, and start another sampler.
    sampler.report('error', `internal fault: ${describeFault(error)}`);
    setImmediate(() => process.exit(SAMPLER_EXIT.failed));
  });
  // The client that started us may be gone: its end of the pipes is no reason to end.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.stdout.write(SAMPLER_READY);
  await sampler.start();
  for (const name of blamed) sampler.report('warn', `the former sampler died while “${name}” was in a call`);
}

/** Takes the address at which clients look for a sampler. @returns gives it up */
async function listenForClients(server: net.Server, paths: RuntimePaths): Promise<() => void> {
  if (process.platform === 'win32') return listenOnPipe(server, paths.pipe);
  await listenAlone(server, paths.socket);
  const inode = inodeOf(paths.socket);
  return () => {
    releaseAddress(paths.socket, inode);
  };
}

main().catch((error: unknown) => {
  if (error instanceof SocketTakenError) process.exit(SAMPLER_EXIT.taken);
  process.stderr.write(
    `optimetrics sampler: ${error instanceof Error ? error.message : describeFault(error)}\n`,
  );
  process.exit(SAMPLER_EXIT.failed);
});
