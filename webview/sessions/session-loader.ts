import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { SessionsResult } from '../../src/common/protocol.ts';
import type { WorkloadSession } from '../../src/common/workload-session.ts';
import { changesFrom, withTail } from './session-list.ts';

/** How often a list of minutes, and one of ten minutes, is brought up to date while somebody looks at it. */
const MINUTES_REFRESH_MS = 60_000;
const TENS_REFRESH_MS = 600_000;

type Answer = Extract<HostMessage, { type: 'sessions' | 'sessionsFailed' }>;

/**
 * Asks the extension for the sessions of the last days and keeps the list up to date. Of a list of minutes only what may
 * have changed is asked for anew.
 */
export class SessionLoader {
  readonly #post: (message: WebviewMessage) => void;
  readonly #onChange: () => void;
  #lengthMs: number;
  #list: SessionsResult | undefined;
  #why: string | undefined;
  #request = 0;
  #awaited: { readonly request: number; readonly from: number; readonly isTail: boolean } | undefined;
  /** Moment up to which the list was read. */
  #readAt = Number.NEGATIVE_INFINITY;

  /**
   * @param lengthMs how far back the list reaches
   * @param onChange the list, or what became of asking for it, is another one
   */
  constructor(post: (message: WebviewMessage) => void, lengthMs: number, onChange: () => void) {
    this.#post = post;
    this.#lengthMs = lengthMs;
    this.#onChange = onChange;
  }

  /** In order of time; `undefined` before the first answer. */
  get sessions(): readonly WorkloadSession[] | undefined {
    return this.#list?.sessions;
  }

  /** To which length they are told apart, in milliseconds. */
  get stepMs(): number {
    return this.#list?.stepMs ?? 0;
  }

  /** Number of earlier ones that are left out. */
  get earlier(): number {
    return this.#list?.earlier ?? 0;
  }

  /** Why there is no list, or no newer one. */
  get why(): string | undefined {
    return this.#why;
  }

  /** Whether a whole list is being read. */
  get isLoading(): boolean {
    return this.#awaited?.isTail === false;
  }

  get lengthMs(): number {
    return this.#lengthMs;
  }

  /** Lists the time from so long before now. */
  choose(lengthMs: number, now: number): void {
    if (lengthMs === this.#lengthMs) return;
    this.#lengthMs = lengthMs;
    this.reload(now);
  }

  /** Asks for the whole list anew. */
  reload(now: number): void {
    this.#list = undefined;
    this.#ask(now - this.#lengthMs, now, false);
    this.#onChange();
  }

  /** Asks for what is missing up to now, if it is time to. */
  refresh(now: number): void {
    if (this.#awaited) return;
    if (!this.#list) {
      if (this.#why === undefined) this.reload(now);
      return;
    }
    const isOfMinutes = this.#list.stepMs <= 60_000;
    if (now - this.#readAt < (isOfMinutes ? MINUTES_REFRESH_MS : TENS_REFRESH_MS)) return;
    const from = isOfMinutes ? changesFrom(this.#list.sessions) : undefined;
    this.#ask(from ?? now - this.#lengthMs, now, from !== undefined);
  }

  /** Nobody waits for an answer any more. */
  cancel(): void {
    if (!this.#awaited) return;
    this.#post({ type: 'cancelSessions', request: this.#awaited.request });
    this.#awaited = undefined;
    if (!this.#list) this.#why = '';
    this.#onChange();
  }

  /** The extension forgets what it was asked for when the dashboard is hidden, or the sampler ends. */
  forget(): void {
    this.#awaited = undefined;
    this.#why = undefined;
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes an answer in; one that nobody waits for is dropped. */
  receive(message: Answer): void {
    const awaited = this.#awaited;
    if (awaited?.request !== message.request) return;
    this.#awaited = undefined;
    if (message.type === 'sessionsFailed') {
      this.#why = message.why;
    } else {
      const { result } = message;
      const former = awaited.isTail ? this.#list : undefined;
      const since = this.#readAt - this.#lengthMs;
      this.#list = former
        ? { ...former, sessions: withTail(former.sessions, result.sessions, awaited.from, since) }
        : result;
      this.#why = undefined;
    }
    this.#onChange();
  }

  #ask(from: number, to: number, isTail: boolean): void {
    if (this.#awaited) this.#post({ type: 'cancelSessions', request: this.#awaited.request });
    this.#awaited = { request: ++this.#request, from, isTail };
    this.#readAt = to;
    this.#why = undefined;
    this.#post({
      type: 'sessions',
      request: this.#request,
      from: Math.max(0, Math.floor(from)),
      to: Math.ceil(to),
    });
  }
}
