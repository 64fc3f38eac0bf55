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

  optimetrics --help | --version

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
