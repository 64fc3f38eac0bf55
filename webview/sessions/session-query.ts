import type { HostMessage, WebviewMessage } from '../../src/common/dashboard.ts';
import type { SessionsResult } from '../../src/common/protocol.ts';
import { t } from '../l10n.ts';
import type { Span } from '../time/span.ts';

/** Number of the first request: far from those of the list. */
const FIRST_REQUEST = 1_000_000_000;
/** How long an answer may take: somebody waits for it. */
const PATIENCE_MS = 10_000;

type Answer = Extract<HostMessage, { type: 'sessions' | 'sessionsFailed' }>;

interface Asked {
  readonly request: number;
  readonly resolve: (result: SessionsResult) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Asks the extension once for the sessions of a span, beside the list that is kept up to date. */
export class SessionQuery {
  readonly #post: (message: WebviewMessage) => void;
  readonly #patienceMs: number;
  #request = FIRST_REQUEST;
  #asked: Asked | undefined;

  constructor(post: (message: WebviewMessage) => void, patienceMs = PATIENCE_MS) {
    this.#post = post;
    this.#patienceMs = patienceMs;
  }

  /**
   * The sessions of a span. One question at a time: another one takes the place of one that waits.
   *
   * @throws Error that says why there is no answer, in the user's language
   */
  ask({ from, to }: Span): Promise<SessionsResult> {
    this.#end(t('something else was asked for'));
    const request = this.#request++;
    const answer = new Promise<SessionsResult>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(t('there was no answer in time'));
      }, this.#patienceMs);
      this.#asked = { request, resolve, reject, timer };
    });
    this.#post({ type: 'sessions', request, from: Math.max(0, Math.floor(from)), to: Math.ceil(to) });
    return answer;
  }

  /** Takes an answer in; one to others is ignored. */
  receive(message: Answer): void {
    const asked = this.#asked;
    if (asked?.request !== message.request) return;
    this.#asked = undefined;
    clearTimeout(asked.timer);
    if (message.type === 'sessions') asked.resolve(message.result);
    else asked.reject(new Error(message.why));
  }

  #end(why: string): void {
    const asked = this.#asked;
    if (!asked) return;
    this.#asked = undefined;
    clearTimeout(asked.timer);
    this.#post({ type: 'cancelSessions', request: asked.request });
    asked.reject(new Error(why));
  }
}
