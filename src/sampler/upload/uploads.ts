import type { Config } from '../../common/config/schema.ts';
import { isSameValue, toSnakeCase } from '../../common/config/key.ts';
import { uploadFault } from '../../common/config/upload-check.ts';
import { describeFault } from '../../common/faults.ts';
import type { LogMessage } from '../../common/protocol.ts';
import type {
  RemovalOutcome,
  SyncOutcome,
  SyncPreviewResult,
  SyncProgress,
  SyncStatus,
} from '../../common/sync-protocol.ts';
import {
  NO_UPLOADS,
  type PlacedCredentials,
  type UploadCount,
  type UploadSecrets,
} from '../../common/upload.ts';
import type { EndEvent, SyncEvent, SyncJob } from '../../sync/process/job.ts';
import { isHeld } from '../../sync/round/held-file.ts';
import type { Released, RoundResult } from '../../sync/round/result.ts';
import { readSwitches, type Switches, writeSwitches } from '../../sync/upload/switches.ts';
import { endingOf, outcomeOf, sentence } from './outcome.ts';
import { type Clock, Schedule } from './schedule.ts';
import type { RunningJob, StartJob } from './upload-process.ts';

/** How long the end of the sampler waits for what is open to be sealed. The next start seals what was not. */
const FAREWELL_MS = 4_000;
/** Progress within a step is told no more often. */
const TELLING_MS = 500;
/** Longest sleep of a timer: the wall clock may have been set meanwhile. */
const LONGEST_WAIT_MS = 900_000;

export interface UploadsOptions {
  /** The user's. */
  readonly dataDirectory: string;
  /** Whether there is a log to upload. */
  readonly hasLog: boolean;
  readonly start: StartJob;
  readonly clock: Clock;
  readonly report: (level: LogMessage['level'], message: string) => void;
  /** Told when {@link Uploads.status} has changed. */
  readonly onStatus: () => void;
  /** Told of credentials that a target has renewed and a window keeps. */
  readonly onRenewed: (renewed: PlacedCredentials) => void;
  /** Rows of the log so far: nothing is sealed where none have come. */
  readonly rowsWritten: () => number;
}

/** What windows say of contributions. `unsaid`: one of them has not said yet. */
export type Consent = 'yes' | 'no' | 'unsaid';

/** What a window asked for cannot be done. The message is for the user. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
}

type Why = Pick<SyncStatus, 'state' | 'why' | 'remedy'>;

interface Work {
  readonly action: SyncJob['action'];
  readonly isWhole: boolean;
  readonly job: RunningJob;
}

/**
 * Uploads of the log: has a process of its own seal every quarter of an hour and send at the interval of the settings, and does
 * what windows ask for. While `cloud.enabled` is false, it starts nothing, writes nothing and has no status.
 */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #schedule: Schedule;
  #config: Config;
  #secrets: UploadSecrets = {};
  #consent: Consent | undefined;
  #switches: Switches = { isPaused: false, isTelemetryOff: false };
  #work: Work | undefined;
  #progress: SyncProgress | undefined;
  #toldAt = -Infinity;
  /** How the last sealing and the last sending ended. */
  #sealing: Why = { state: 'idle' };
  #sending: Why = { state: 'idle' };
  #waiting: UploadCount = NO_UPLOADS;
  #confirmed: UploadCount = NO_UPLOADS;
  #lastConfirmedMs: number | undefined;
  #released: Released | undefined;
  /** Rows of the log when it was sealed for the last time. */
  #rowsSealed = -1;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(options: UploadsOptions, config: Config) {
    this.#options = options;
    this.#config = config;
    this.#schedule = new Schedule(options.clock);
    this.#begin();
  }

  /** `undefined` while `cloud.enabled` is false. */
  get status(): SyncStatus | undefined {
    if (!this.#isOn) return undefined;
    const { mode, provider } = this.#config.cloud;
    const { action } = this.#work ?? {};
    const isAtWork = action === 'sync' || action === 'seal' || action === 'remove-sent';
    return {
      ...(isAtWork ? { state: this.#stateAtWork } : this.#rest),
      mode,
      provider,
      waiting: this.#waiting,
      confirmed: this.#confirmed,
      ...(this.#lastConfirmedMs === undefined ? {} : { lastConfirmedMs: this.#lastConfirmedMs }),
      ...(this.#hindrance ? {} : { nextMs: this.#schedule.nextSendMs }),
      ...(isAtWork && this.#progress ? { progress: this.#progress } : {}),
    };
  }

  /**
   * Takes over settings. What is being uploaded ends at once when they say so, or say another place or purpose; nothing is
   * disturbed when they say the same of uploads.
   */
  configure(config: Config): void {
    const before = this.#config;
    this.#config = config;
    const isSame =
      isSameValue(before.cloud, config.cloud) && before.logging.logDirectory === config.logging.logDirectory;
    if (!isSame) this.#begin();
  }

  /** Whether a log file must not be deleted yet: it has rows that are to be uploaded and are in no segment. */
  isHeld(name: string): boolean {
    if (!this.#isOn || this.#hindrance?.state === 'off') return false;
    return !this.#released || isHeld(this.#config.logging.logDirectory, name, this.#released);
  }

  /** What windows say of contributions; without one, what was said last. */
  set consent(consent: Consent) {
    if (consent === this.#consent) return;
    if (this.#consent === 'no') this.#schedule.hurry();
    this.#consent = consent;
    this.#keepConsent();
    // One that has not said yet begins nothing, and ends nothing.
    if (consent === 'no' && this.#isForbidden) this.#work?.job.cancel();
    this.#changed();
  }

  /** Takes over keys and credentials; a part that is left out stays as it is. */
  provide(secrets: UploadSecrets): void {
    this.#secrets = { ...this.#secrets, ...secrets };
    if (this.#sending.state === 'sign-in' || this.#sending.state === 'refused') this.#schedule.hurry();
    this.#changed();
  }

  /** @throws UploadError when that cannot be kept */
  pause(isPaused: boolean): void {
    if (!this.#isOn) throw new UploadError('uploads are off');
    this.#set({ isPaused });
    if (isPaused) this.#work?.job.cancel();
    else this.#schedule.hurry();
    this.#changed();
  }

  /** Ends what is being done; gives whether there was something. */
  cancel(): boolean {
    const { job } = this.#work ?? {};
    job?.cancel();
    return job !== undefined;
  }

  /** Sends all up to now. @throws UploadError while `cloud.enabled` is false */
  async syncNow(): Promise<SyncOutcome> {
    if (!this.#isOn) throw new UploadError('uploads are off: cloud.enabled is false');
    while (this.#work && !(this.#work.action === 'sync' && this.#work.isWhole)) await this.#work.job.ended;
    const forbidden = this.#hindrance;
    if (forbidden && forbidden.state !== 'paused') {
      const { why = '', remedy = '' } = forbidden;
      return outcomeOf({ type: 'failed', state: 'off', why, remedy }, this.#waiting);
    }
    return outcomeOf(await (this.#work?.job.ended ?? this.#run('sync', true)), this.#waiting);
  }

  /**
   * What would be sent next.
   *
   * @param cloud settings that are only thought of; those that hold when left out
   * @throws UploadError
   */
  async preview(cloud = this.#config.cloud): Promise<SyncPreviewResult | null> {
    const job = this.#job('preview', true);
    const thoughtOf = { ...job, config: { ...job.config, cloud } };
    const end = await this.#options.start(thoughtOf, () => undefined).ended;
    if (end.type === 'preview') return end.preview;
    throw new UploadError(sentence(endingOf(end)));
  }

  /** Deletes at the target what was sent. Uploads are paused by it where they are on: they would send all of it again. */
  async removeSent(): Promise<RemovalOutcome> {
    if (this.#isOn) this.pause(true);
    while (this.#work) {
      this.#work.job.cancel();
      await this.#work.job.ended;
    }
    const end = await this.#run('remove-sent', true);
    if (end.type === 'removal') return end.removal;
    return { ...endingOf(end), removed: 0, left: 0 };
  }

  /** Seals what is open, for a moment, and ends. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    const { job } = this.#work ?? {};
    job?.cancel();
    await job?.ended;
    if (!this.#isOn || this.#hindrance || !this.#hasNewRows) return;
    const last = this.#options.start(this.#job('seal', true), () => undefined);
    const tooLong = setTimeout(() => last.cancel(), FAREWELL_MS);
    await last.ended;
    clearTimeout(tooLong);
  }

  get #isOn(): boolean {
    return this.#config.cloud.enabled && this.#options.hasLog;
  }

  get #hasNewRows(): boolean {
    return this.#options.rowsWritten() !== this.#rowsSealed;
  }

  get #stateAtWork(): SyncStatus['state'] {
    const step = this.#progress?.step ?? 'planning';
    return step === 'planning' || step === 'sealing' ? 'sealing' : 'sending';
  }

  get #rest(): Why {
    return this.#hindrance ?? (this.#sealing.state === 'idle' ? this.#sending : this.#sealing);
  }

  /** Why nothing is to be done by itself. */
  get #hindrance(): Why | undefined {
    const { cloud } = this.#config;
    const fault = uploadFault(cloud);
    if (fault)
      return {
        state: 'off',
        why: `${fault.path.map(toSnakeCase).join('.')} ${fault.message}`,
        remedy: 'Correct the settings; everything else goes on',
      };
    if (this.#isForbidden)
      return this.#consent === 'unsaid'
        ? { state: 'waiting', why: 'a window has not said yet whether telemetry is on' }
        : {
            state: 'off',
            why: 'telemetry is off in VS Code, and nothing is contributed then',
            remedy: 'Turn telemetry on (telemetry.telemetryLevel), or set cloud.mode to backup',
          };
    if (this.#switches.isPaused)
      return { state: 'paused', remedy: '“OptiMetrics: Resume Upload” lets it go on' };
    return undefined;
  }

  get #isForbidden(): boolean {
    if (this.#config.cloud.mode !== 'contribute') return false;
    return this.#consent === undefined ? this.#switches.isTelemetryOff : this.#consent !== 'yes';
  }

  /** Everything from the start, for these settings. */
  #begin(): void {
    this.#work?.job.cancel();
    this.#sealing = this.#sending = { state: 'idle' };
    this.#waiting = this.#confirmed = NO_UPLOADS;
    this.#lastConfirmedMs = undefined;
    this.#released = undefined;
    this.#rowsSealed = -1;
    clearTimeout(this.#timer);
    if (!this.#isOn) return;
    try {
      this.#switches = readSwitches(this.#options.dataDirectory);
    } catch (error) {
      this.#switches = { ...this.#switches, isPaused: true };
      this.#options.report(
        'warn',
        `uploads are paused: what was said of them cannot be read: ${describeFault(error)}`,
      );
    }
    this.#keepConsent();
    this.#schedule.start(this.#config.cloud.uploadIntervalMinutes * 60_000);
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.#isOn || this.#hasEnded || this.#work || this.#hindrance) return;
    this.#timer = setTimeout(() => this.#wake(), Math.min(this.#schedule.waitMs, LONGEST_WAIT_MS));
    this.#timer.unref();
  }

  #wake(): void {
    if (this.#work || this.#hasEnded || this.#hindrance) return;
    if (this.#schedule.isSendDue) void this.#run('sync', false);
    else if (this.#schedule.isSealDue && this.#hasNewRows) void this.#run('seal', false);
    else {
      if (this.#schedule.isSealDue) this.#schedule.sealed();
      this.#plan();
    }
  }

  #changed(): void {
    this.#options.onStatus();
    this.#plan();
  }

  #job(action: SyncJob['action'], includesOpen: boolean): SyncJob {
    const { dataDirectory } = this.#options;
    return { action, config: this.#config, dataDirectory, includesOpen, secrets: this.#secrets };
  }

  async #run(action: 'sync' | 'seal' | 'remove-sent', includesOpen: boolean): Promise<EndEvent> {
    const config = this.#config;
    const rows = this.#options.rowsWritten();
    this.#progress = undefined;
    const job = this.#options.start(this.#job(action, includesOpen), event => this.#hear(event));
    this.#work = { action, isWhole: includesOpen, job };
    this.#options.onStatus();
    const end = await job.ended;
    this.#work = undefined;
    this.#progress = undefined;
    // What a process says of settings that do not hold any more is not how it is.
    if (config === this.#config || isSameValue(config.cloud, this.#config.cloud))
      this.#take(action, end, rows);
    this.#changed();
    return end;
  }

  #hear(event: SyncEvent): void {
    switch (event.type) {
      case 'progress': {
        const now = this.#options.clock.monotonicMs();
        const isNews = this.#progress?.step !== event.progress.step || now - this.#toldAt > TELLING_MS;
        this.#progress = event.progress;
        if (!isNews) return;
        this.#toldAt = now;
        this.#options.onStatus();
        return;
      }
      case 'damage':
      case 'notice':
        this.#options.report('warn', `upload: ${event.what}`);
        return;
      case 'renewed':
        this.#secrets = { ...this.#secrets, credentials: event.credentials };
        this.#options.onRenewed(event.credentials);
        return;
      default:
        return;
    }
  }

  #take(action: SyncJob['action'], end: EndEvent, rows: number): void {
    if (action === 'remove-sent') {
      this.#confirmed = this.#waiting = NO_UPLOADS;
      this.#released = undefined;
      this.#rowsSealed = -1;
      return;
    }
    this.#schedule.sealed();
    if (end.type === 'result') this.#takeResult(end.destination, end.result, rows);
    const { state, why, remedy } = endingOf(end);
    const ended: Why =
      state === 'done' || state === 'cancelled'
        ? { state: 'idle' }
        : { state: state === 'locked' ? 'waiting' : state, why, ...(remedy === '' ? {} : { remedy }) };
    this.#sealing = action === 'seal' ? ended : { state: 'idle' };
    if (action === 'sync') {
      this.#sending = ended;
      if (ended.state === 'waiting' || ended.state === 'spool-full' || ended.state === 'disk-full')
        this.#schedule.failed(end.type === 'result' ? this.#untilMs(end.result.nextTryMs) : 0);
      else this.#schedule.sent();
    }
    if (ended.state !== 'idle') this.#options.report('warn', `upload: ${sentence({ why, remedy })}`);
  }

  #takeResult(destination: string, { counts, lost, released, state }: RoundResult, rows: number): void {
    this.#waiting = counts.waiting;
    this.#confirmed = counts.total;
    this.#released = released;
    if (state === 'done') this.#rowsSealed = rows;
    for (const range of lost) this.#options.report('error', `upload: rows are lost to it: ${range}`);
    if (counts.confirmed.segments > 0) {
      this.#lastConfirmedMs = this.#options.clock.utcMs();
      this.#set({ lastConfirmed: { destination, ms: this.#lastConfirmedMs } });
    } else if (this.#switches.lastConfirmed?.destination === destination) {
      this.#lastConfirmedMs = this.#switches.lastConfirmed.ms;
    }
  }

  #untilMs(momentMs: number | undefined): number {
    return momentMs === undefined ? 0 : Math.max(0, momentMs - this.#options.clock.utcMs());
  }

  /** The last word of windows holds without them too, for the command line as well. */
  #keepConsent(): void {
    if (!this.#isOn || this.#consent === undefined || this.#consent === 'unsaid') return;
    const isTelemetryOff = this.#consent === 'no';
    if (isTelemetryOff !== this.#switches.isTelemetryOff) this.#set({ isTelemetryOff });
  }

  #set(changes: Partial<Switches>): void {
    this.#switches = { ...this.#switches, ...changes };
    try {
      writeSwitches(this.#options.dataDirectory, this.#switches);
    } catch (error) {
      this.#options.report('warn', `uploads: what was said of them cannot be kept: ${describeFault(error)}`);
    }
  }
}
