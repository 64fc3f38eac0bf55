import type { HttpClient } from '../http/http-client.ts';
import { type Answer, Attempt } from './attempt.ts';
import { LoopbackListener, type Verdict } from './loopback-listener.ts';
import type { OAuthClient, OAuthServer } from './oauth-server.ts';
import type { PageWords } from './page.ts';
import { plainCode, SignInError } from './sign-in-error.ts';
import { exchangeCode, TokenRefusal, type Tokens } from './token-requests.ts';

/** Long enough to look for a password. */
const TIME_LIMIT_MS = 600_000;

export interface SignInOptions {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly http: HttpClient;
  /**
   * What the browser is to be sent back to, where that is not the listener's own address: a window whose browser runs on
   * another machine turns it (`asExternalUri`). Google takes http on 127.0.0.1 only from programs that are installed.
   */
  readonly redirectUri?: (listening: string) => string | Promise<string>;
  /** 10 minutes when left out. */
  readonly timeLimitMs?: number;
  readonly words?: PageWords;
}

/** A sign-in that is under way: {@link address} is open in the user's browser, the answer comes to a port of this machine or is pasted. */
export class SignIn {
  /** To be opened in the system's browser. */
  readonly address: string;
  /**
   * The refresh token.
   *
   * Rejects with a SignInError, or with a PassingFault or RefusedFault when the token endpoint cannot be asked. Whatever it
   * comes to, nothing listens any more then.
   */
  readonly finished: Promise<string>;
  readonly #attempt: Attempt;
  readonly #settle: (answer: Answer | SignInError) => void;
  readonly #called: AbortController;

  private constructor(
    attempt: Attempt,
    finished: Promise<string>,
    settle: (answer: Answer | SignInError) => void,
    called: AbortController,
  ) {
    this.#attempt = attempt;
    this.address = attempt.address;
    this.finished = finished;
    this.#settle = settle;
    this.#called = called;
  }

  /** @throws SignInError when nothing can listen on this machine; and what `redirectUri` throws */
  static async begin(options: SignInOptions): Promise<SignIn> {
    const { server, client, redirectUri = itself, timeLimitMs = TIME_LIMIT_MS, words } = options;
    const called = new AbortController();
    let isOver = false;
    let settle: (answer: Answer | SignInError) => void = () => undefined;
    const answered = new Promise<Answer>((resolve, reject) => {
      settle = answer => {
        isOver = true;
        if (answer instanceof SignInError) reject(answer);
        else resolve(answer);
      };
    });
    answered.catch(() => undefined);
    let attempt: Attempt | undefined;
    const take = (parameters: URLSearchParams): Verdict => {
      if (isOver || !attempt) return 'over';
      try {
        settle(attempt.accept(parameters));
        return 'done';
      } catch (error) {
        const isKnown = error instanceof SignInError;
        settle(isKnown ? error : new SignInError('refused', 'the answer makes no sense. Sign in again'));
        return 'failed';
      }
    };
    const listener = await LoopbackListener.open(take, words);
    try {
      attempt = await Attempt.begin(server, client, await redirectUri(listener.uri));
    } catch (error) {
      listener.close();
      throw error;
    }
    const timer = setTimeout(() => {
      settle(new SignInError('time', 'no answer came from the browser in time. Sign in again'));
    }, timeLimitMs);
    const finished = redeem(options, attempt, answered, called.signal).finally(() => {
      clearTimeout(timer);
      listener.close();
    });
    // Whoever calls it off need not wait for it.
    finished.catch(() => undefined);
    return new SignIn(attempt, finished, settle, called);
  }

  /**
   * Takes what the user has pasted from the browser, where that could not come back by itself: the address or the code.
   *
   * @throws SignInError for what cannot be used; the sign-in goes on then
   */
  paste(text: string): void {
    this.#settle(this.#attempt.acceptPasted(text));
  }

  /** Calls it off; nothing happens when it has ended. */
  close(): void {
    const reason = new SignInError('closed', 'the sign-in was called off');
    this.#settle(reason);
    this.#called.abort(reason);
  }
}

const itself = (listening: string): string => listening;

async function redeem(
  party: SignInOptions,
  attempt: Attempt,
  answered: Promise<Answer>,
  signal: AbortSignal,
): Promise<string> {
  const answer = await answered;
  try {
    return granted(await exchangeCode(party, attempt, answer, signal), party.server);
  } catch (error) {
    if (error instanceof TokenRefusal) throw refusal(error.code, party.server.party);
    throw error;
  }
}

/** The refresh token, when the permission is the one that was asked for. */
function granted({ refreshToken, scope }: Tokens, server: OAuthServer): string {
  const given = scope?.split(' ');
  const missing = server.scope.split(' ').filter(one => given?.includes(one) === false);
  if (missing.length > 0)
    throw new SignInError(
      'denied',
      'the permission to keep files there was not given. Sign in again, and leave it ticked',
    );
  if (refreshToken === undefined)
    throw new SignInError(
      'refused',
      `${server.party} gives access for an hour only. Take the permission of this program back in your account, and sign in again`,
    );
  return refreshToken;
}

function refusal(code: string, party: string): SignInError {
  if (code === 'invalid_grant')
    return new SignInError('spent', 'the code was used before or is too old. Sign in again');
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return new SignInError(
      'client',
      `${party} does not know the client id, or its secret is another. Check cloud.gdrive.client_id and the secret`,
    );
  return new SignInError('refused', `${party} refuses the sign-in: ${plainCode(code)}`);
}
