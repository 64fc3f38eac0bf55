/** The command was called in a way that it does not understand. The message is one line and says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit codes of the command. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Text of `optimetrics --help`. */
export const HELP = `optimetrics: reads this machine's CPU, GPU, memory, disk and network, and logs them

  optimetrics run [--config FILE] [--log-dir DIR] [--duration SECONDS] [--test] [--isolated] [--verbose]
      Logs once a second until Ctrl+C. Joins the sampler that runs already, in VS Code or another terminal.
      --config FILE       YAML configuration; see configs/config.yaml for every key
      --log-dir DIR       folder of the log files, in place of logging.log_directory
      --duration SECONDS  ends after this time
      --test              runs for 10 seconds and prints what was read
      --isolated          uses a sampler of its own, with its own settings
      --verbose           prints the sampler's own messages too, on standard error

  optimetrics sample [--json] [--config FILE]
      Prints one reading. --json: {"timestamp", "hardware_id", "metrics": {…}, "unavailable": {…}}

  optimetrics doctor [--json] [--config FILE]
      Says what can be read here, what cannot and why, and what to do about it.

  optimetrics classify FILE… [--json] [--profile FILE]
      Says which kind of work recordings show: CSV files, plain or .gz, with the column “timestamp” and any of the log's.
      --json              [{"file", "seconds", "category", "confidence", "timeline": […], "reasons": […]}, …]
      --profile FILE      YAML configuration whose session_classification is used: thresholds, categories, profiles

  optimetrics log info [DIR] [--json]
      Files, rows, span and size of the log, and how many of its lines are damaged.

  optimetrics log cat FILE… [--from T] [--to T] [--columns a,b] [--fill] [--format csv|jsonl]
      Prints rows of log files, plain or compressed, or of all in a folder.
      --from T, --to T    from a moment on, and up to before one: 2026-02-27, or 2026-02-27T12:30:00Z
      --columns a,b       these columns only
      --fill              one row a second: puts back those that the log has left out; not in gaps
      --format jsonl      a JSON object a line, without the columns that have no value

  optimetrics log sessions [DIR] [--from T] [--to T] [--json | --csv]
      Which kind of work when and for how long, with mean and peak of CPU, GPU, RAM, VRAM and power, and the energy.
      --from T, --to T    as above
      --json              {"step_seconds", "sessions": [{"class", "from", "to", "seconds", "cpu": {"mean", "peak"}, …}, …]}
      --csv               a line a session

  optimetrics log verify DIR
      Checks every line of every file. Exit code 1 when anything is wrong, with a list of it.

  optimetrics log import DIR [--log-dir DIR] [--config FILE] [--interval SECONDS]
      Reads logs that the original OptiMetrics, in Python, has written: metrics_*.csv, or cpu.csv, memory.csv and so on.
      --log-dir DIR       folder to import into, in place of logging.log_directory
      --interval SECONDS  logging interval of the original, 1 unless given
      Times without a zone are taken to be this machine's; set TZ for another, such as TZ=Europe/Berlin.

  optimetrics sync [--config FILE] [--log-dir DIR] [--dry-run] [--json]
      Uploads the log up to now, as the section “cloud” of the configuration says: seals what is not sealed, sends it, and
      waits until it is confirmed. Sends nothing unless cloud.enabled is true there. docs/upload.md says the rest.
      --dry-run           makes what would be sent, counts it, and sends and keeps nothing
      --json              {"state", "reason", "remedy", "mode", "provider", "sealed": {"segments", "rows", "bytes"}, …}

  optimetrics sync login [--config FILE] [--store file|keyring] [--credentials-file FILE]
  optimetrics sync logout [--config FILE]
      Takes the credentials for the place that the configuration names, and keeps them for that place only; or forgets them.
      --store             as for keys
      --credentials-file  takes them from the lines of a file, - for standard input, or /dev/fd/3: access key id and secret
                          access key; user name and password; refresh token. Without it, they are asked for in the terminal

  optimetrics keys list [--json]
      The keys of this user that seal and open encrypted files; the newest seals.

  optimetrics keys rotate [--store file|keyring]
      Makes a new key that seals from now on, the first one too. Older keys still open what they have sealed.
      --store             where new keys are kept: a file that only this user can read, or the system's keyring;
                          where the newest key is when left out

  optimetrics keys export FILE [--passphrase-file FILE]
  optimetrics keys import FILE [--passphrase-file FILE] [--store file|keyring]
      Writes all keys into a recovery file, protected by a passphrase, or adds those of one. Without a key, what it has
      sealed cannot be read by anybody.
      --passphrase-file   takes the passphrase from the first line of a file, - for standard input, or /dev/fd/3;
                          without it, it is asked for in the terminal

  optimetrics decrypt FILE… [--identity FILE] [-o DIR] [--format csv|parquet]
      Opens encrypted files with this user's keys. Overwrites nothing; a file that fails leaves nothing. What lies in
      study=…/device=…/date=… is written to folders of these names.
      --identity FILE     opens with the age identities of a file (age-keygen) in place of this user's keys
      -o, --output DIR    folder to write to, in place of the current one
      --format F          csv: Parquet too, as the log's CSV; parquet: only Parquet; what a file holds when left out

  optimetrics --help | --version

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
