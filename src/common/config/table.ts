import { template } from '../status-template/setting.ts';
import { CATEGORIES } from '../workload.ts';
import type { Effect, Key } from './key.ts';
import { profiles } from './profiles.ts';
import { optionalAddress, pattern, recipient } from './upload-values.ts';
import {
  boolean,
  integer,
  listOf,
  number,
  numberAbove,
  oneOf,
  only,
  optionalAbsolutePath,
  text,
  type ValueKind,
} from './value.ts';

function key<T>(
  effect: Effect,
  kind: ValueKind<T>,
  initial: NoInfer<T>,
  description: string,
  notice = '',
): Key<T> {
  return { kind, initial, scope: 'machine', effect, description, notice };
}

function sampler<T>(kind: ValueKind<T>, initial: NoInfer<T>, description: string): Key<T> {
  return key('sampler', kind, initial, description);
}

function client<T>(kind: ValueKind<T>, initial: NoInfer<T>, description: string): Key<T> {
  return key('client', kind, initial, description);
}

function later<T>(
  kind: ValueKind<T>,
  initial: NoInfer<T>,
  description: string,
  notice = 'accepted, but this version does not act on it yet',
): Key<T> {
  return key('later', kind, initial, description, notice);
}

function never<T>(kind: ValueKind<T>, initial: NoInfer<T>, description: string, notice: string): Key<T> {
  return key('never', kind, initial, description, notice);
}

/** A key that exists only in VS Code, and which a workspace may set. */
function window<T>(kind: ValueKind<T>, initial: NoInfer<T>, description: string): Key<T> {
  return { ...client(kind, initial, description), scope: 'window' };
}

function uncollected(what: string): Key<false> {
  return never(
    only(false, `OptiMetrics has no means to collect ${what}`),
    false,
    `Always false: ${what} cannot be collected.`,
    '',
  );
}

/**
 * Every key of the configuration file. The configuration's type, its defaults, the checks of files, settings and
 * messages, the settings in the manifest and the documented `configs/config.yaml` are derived from this table.
 *
 * Names are camelCase as in VS Code's settings; a YAML file has the original OptiMetrics names in snake_case.
 */
export const TABLE = {
  general: {
    loggingInterval: sampler(number(0.1, 3600), 1, 'Seconds between two samples.'),
    collectCpu: sampler(boolean(), true, 'Whether to read CPU load, clocks and counters.'),
    collectGpu: sampler(boolean(), true, 'Whether to read graphics cards.'),
    collectRam: sampler(boolean(), true, 'Whether to read memory and swap.'),
    collectDisk: sampler(boolean(), true, 'Whether to read disk space, rates and counters.'),
    collectNetwork: sampler(boolean(), true, 'Whether to read network rates, counters and socket counts.'),
    collectPower: sampler(boolean(), true, 'Whether to read power, of the CPU and of graphics cards.'),
    perCoreColumns: sampler(
      oneOf(['auto', 'always', 'never']),
      'auto',
      'Whether every core has columns of its own; "auto" means up to 64 cores. Without them there are the totals and means of all cores.',
    ),
    enableSessionClassification: sampler(
      boolean(),
      true,
      'Whether to tell which kind of work the machine is doing.',
    ),
    autoStart: never(
      boolean(),
      false,
      'Whether to start with the system.',
      'has no effect: the extension starts with VS Code, and a service manager can start `optimetrics run`',
    ),
  },
  logging: {
    logDirectory: sampler(
      text(4096),
      'logs',
      'Folder of the log files. A relative path starts at the folder of the configuration file that names it, or, in the settings of VS Code, at the data folder of OptiMetrics; `~/` stands for the home directory.',
    ),
    rollingLogs: sampler(
      boolean(),
      true,
      'Whether to start a new log file when one is full. There is a new one each day, at midnight UTC, in any case.',
    ),
    maxFileSizeMb: sampler(
      numberAbove(0, 10_000),
      50,
      'Size at which a log file is full, in MiB; at most half of `max_total_mb`.',
    ),
    maxFilesPerDay: sampler(
      integer(1, 1000),
      10,
      'Number of log files to start in one day, by UTC. When the last is full, logging pauses until midnight.',
    ),
    enableDeltaFiltering: sampler(
      boolean(),
      true,
      'Whether to leave out rows that hardly differ from the last one. There is a row a minute in any case.',
    ),
    deltaThresholdPercent: sampler(
      number(0, 100),
      2,
      'Change that makes a row worth writing, in percent of a value; each column also has a smallest change of its own.',
    ),
    compressOldLogs: sampler(boolean(), true, 'Whether to compress log files that are full or of past days.'),
    compressAfterDays: sampler(
      integer(0, 3650),
      1,
      'Days for which a closed log file stays uncompressed; 0 means that it is compressed at once.',
    ),
    retentionDays: sampler(
      integer(0, 36_500),
      0,
      'Days for which log files are kept; 0 means for ever, as far as `max_total_mb` allows.',
    ),
    maxTotalMb: sampler(
      number(1, 10_000_000),
      1024,
      'Size of all log files together above which the oldest are deleted, in MiB.',
    ),
  },
  hardwareId: {
    useCryptographicId: never(
      boolean(),
      true,
      'Whether the hardware id is a hash.',
      'has no effect: the hardware id is always a hash',
    ),
    hashAlgorithm: sampler(
      oneOf(['sha256', 'sha384', 'sha512']),
      'sha256',
      'Hash from which the hardware id is cut.',
    ),
    scheme: sampler(
      oneOf(['sha256', 'hmac']),
      'sha256',
      'How the hardware id is made: "sha256" gives equal machines equal ids by the hash of `hash_algorithm`; "hmac" keys that hash with a random number which never leaves this machine, so that nobody can guess the model.',
    ),
    includeCpu: sampler(boolean(), true, 'Whether the CPU model goes into the hardware id.'),
    includeGpu: sampler(boolean(), true, 'Whether the models of the graphics cards go into the hardware id.'),
    includeMotherboard: sampler(
      boolean(),
      true,
      'Whether the vendor and model of the main board go into the hardware id.',
    ),
    includeRam: sampler(boolean(), false, 'Whether the size of the memory goes into the hardware id.'),
  },
  cloud: {
    enabled: sampler(
      boolean(),
      false,
      'Whether to upload the log. Nothing leaves this machine, or is prepared for that, while this is false.',
    ),
    mode: sampler(
      oneOf(['backup', 'contribute']),
      'backup',
      'What for: "backup" sends the log to storage of your own, for your own key only; "contribute" sends to a study what it may have, under an id that changes every month, for the keys in `recipients` as well.',
    ),
    provider: sampler(
      oneOf(['folder', 'gdrive', 's3', 'webdav']),
      'folder',
      'Where it goes: a folder, Google Drive, an S3-compatible store, or a WebDAV server. Credentials are given to `optimetrics sync login` or in VS Code, and never stand here.',
    ),
    encryptBeforeUpload: sampler(
      boolean(),
      true,
      'Whether it is encrypted before it leaves. It may be false only for backups to a folder on this machine.',
    ),
    uploadIntervalMinutes: sampler(number(1, 10_080), 60, 'Minutes between two uploads.'),
    maxSpoolMb: sampler(
      numberAbove(0, 1_000_000),
      256,
      'Room for what is encrypted and waits to be sent, in MiB. When it is full, encrypting waits, and the log keeps its files until then.',
    ),
    maxKbps: sampler(
      number(0, 10_000_000),
      0,
      'Most kilobits a second for uploads, for a slow or metered network; 0 means no limit.',
    ),
    study: sampler(
      pattern(
        '^[a-z0-9_-]*$',
        64,
        'empty or a name of at most 64 small letters, digits, hyphens and underscores',
      ),
      '',
      'Name of the study, which becomes part of the names of what is contributed; empty means one made from `recipients`.',
    ),
    recipients: sampler(
      listOf(recipient(), 160, 'public keys of age (age1…)'),
      [],
      'Public keys of the study (age1…): what is contributed can be opened with them too. Backups are for your own key only.',
    ),
    folder: {
      path: sampler(
        text(4096),
        'uploads',
        'The folder, for the provider "folder". A relative path starts where one of `log_directory` does; `~/` stands for the home directory.',
      ),
    },
    gdrive: {
      folderName: sampler(text(255), 'OptiMetrics_Logs', 'Name of the folder in Google Drive.'),
      clientId: sampler(
        pattern('^[A-Za-z0-9._-]*$', 255, 'empty or a client id, such as 123-abc.apps.googleusercontent.com'),
        '',
        'OAuth client id of your own project in the Google Cloud console, of the kind "Desktop app"; docs/upload-google-drive.md says how to make one.',
      ),
    },
    s3: {
      endpoint: sampler(
        optionalAddress(),
        '',
        'Address of the S3-compatible store; empty means Amazon S3 in `region`.',
      ),
      bucket: sampler(
        pattern(
          '^(?:[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])?$',
          63,
          'empty or the name of a bucket: 3 to 63 letters, digits, points and hyphens',
        ),
        '',
        'Name of the bucket.',
      ),
      region: sampler(
        pattern('^[A-Za-z0-9-]+$', 63, 'the name of a region, such as eu-central-1'),
        'us-east-1',
        'Region for which requests are signed.',
      ),
      prefix: sampler(
        pattern(
          '^(?:[A-Za-z0-9_=-][A-Za-z0-9._=-]*(?:\\/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*\\/?)?$',
          512,
          'empty or names of letters, digits and ._=- with slashes between them, none of which begins with a point',
        ),
        '',
        'What the names of all objects begin with, as logs/mine.',
      ),
    },
    webdav: {
      url: sampler(optionalAddress(), '', 'Address of the folder on the WebDAV server.'),
    },
  },
  sessionClassification: {
    updateInterval: sampler(
      number(1, 3600),
      30,
      'Seconds between two answers about the same work; a change is told as soon as it is believed.',
    ),
    confidenceThreshold: sampler(number(0, 1), 0.6, 'Probability below which the answer is "unknown".'),
    categories: sampler(
      listOf(oneOf(CATEGORIES), 10, `of ${CATEGORIES.join(', ')}`),
      CATEGORIES,
      'The kinds of work to tell apart.',
    ),
    profiles: sampler(
      profiles(),
      {},
      'Classes of your own, or narrower ones, by ranges of metrics over a minute; docs/classification.md has examples.',
    ),
  },
  performance: {
    lowPriorityMode: sampler(
      boolean(),
      true,
      'Whether the sampler lowers its own priority, so that it never competes with your work.',
    ),
    maxBufferMemoryMb: sampler(
      number(1, 1024),
      50,
      'Memory for log rows that wait while they cannot be written (a full disk, say), in MiB.',
    ),
    batchWriteSize: sampler(
      integer(1, 3600),
      60,
      'Number of waiting rows to write at a time once the log goes on. Without a fault each row is written at once.',
    ),
    cpuAffinity: later(
      listOf(integer(0, 1023), 1024, 'whole numbers from 0 to 1023'),
      [],
      'Numbers of the cores that the sampler may run on; an empty list means all.',
    ),
  },
  privacy: {
    collectProcessNames: uncollected('process names'),
    collectWindowTitles: uncollected('window titles'),
    collectUserNames: uncollected('user names'),
    collectFilePaths: uncollected('file paths'),
    collectNetworkAddresses: uncollected('network addresses'),
    anonymizeHardware: never(
      only(true, 'OptiMetrics has no means to collect serial numbers or other marks of a single device'),
      true,
      'Always true: nothing that marks a single device is collected.',
      '',
    ),
  },
  debug: {
    verbose: client(boolean(), false, 'Whether to say in detail what is being done.'),
    logLevel: client(
      oneOf(['DEBUG', 'INFO', 'WARNING', 'ERROR']),
      'INFO',
      'The least important messages to show.',
    ),
    saveDebugLogs: never(
      boolean(),
      false,
      'Whether to keep debug messages in a file.',
      'has no effect: messages go to the log channel or the terminal, never to a file of their own',
    ),
    debugLogFile: never(
      text(4096),
      'logs/debug.log',
      'File of the debug messages.',
      'has no effect: messages go to the log channel or the terminal, never to a file of their own',
    ),
  },
} as const;

/**
 * Settings that exist only in VS Code and never reach the sampler.
 */
export const WINDOW_TABLE = {
  configFile: {
    ...window(
      optionalAbsolutePath(4096),
      '',
      'A YAML file with OptiMetrics settings (`general.logging_interval` and so on): an absolute path, or one that starts with `~/`. The settings here go before those of the file.',
    ),
    scope: 'machine',
  },
  temperatureUnit: window(
    oneOf(['celsius', 'fahrenheit']),
    'celsius',
    'Unit of temperatures in the status bar and in the dashboard with what is exported from it. Log files are always in °C.',
  ),
  statusBar: {
    enabled: window(boolean(), true, 'Whether to show live values in the status bar.'),
    form: window(
      oneOf(['full', 'compact']),
      'full',
      'Which template the status bar shows: "full" is `statusBar.template`, "compact" is `statusBar.compactTemplate`.',
    ),
    template: window(
      template(),
      '$(pulse) CPU {cpu}[ {gpuLabel} {gpu}] RAM {ram}[ {class}]',
      'What the status bar shows: text, icons such as `$(pulse)`, and values in braces, such as `{cpu}`, `{gpu}`, `{ram:gib}`, `{cpuTemp}`, `{netDown}`, `{cpu:spark}`. What stands in `[` and `]` is left out where its values do not exist on this machine; `{{`, `}}`, `[[` and `]]` stand for themselves. docs/status-bar.md lists values and formats.',
    ),
    compactTemplate: window(
      template(),
      '$(pulse) {cpu}[ {gpu}] {ram}[ {class:icon}]',
      'The same for the compact form.',
    ),
    showWorkload: window(
      boolean(),
      true,
      'Whether the status bar names the kind of work that the machine is doing.',
    ),
    showWarnings: window(
      boolean(),
      true,
      'Whether the status bar item changes its colour while the machine is in trouble: too hot, memory, GPU memory or a disk full, or no values.',
    ),
    alignment: window(oneOf(['left', 'right']), 'right', 'The side of the status bar on which the item is.'),
    priority: window(
      integer(-10_000, 10_000),
      100,
      'Where the item is among others on its side; one with a higher number is further to the left.',
    ),
  },
  dashboard: {
    showCores: window(
      boolean(),
      true,
      'Whether a new dashboard shows the cores; the view remembers what you choose in it.',
    ),
  },
} as const satisfies Record<string, Key<unknown> | Record<string, Key<unknown>>>;

/** Keys that files of the original OptiMetrics may hold and that stand for nothing here. */
export const RETIRED_KEYS: ReadonlySet<string> = new Set([
  'cloud.encryption',
  'cloud.gdrive.credentials_file',
  'cloud.gdrive.token_file',
  'cloud.onedrive',
]);

/** Names of keys below `cloud` that hold credentials elsewhere: they are refused, with a word on where those belong. */
export const CREDENTIAL_NAME =
  /secret|passw|passphrase|token|credential|(?:access|api|private|session)_?key|^(?:user|username|login)$/i;
