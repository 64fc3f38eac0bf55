import {
  ExportCollector,
  type ExportAnswer,
  type ExportFault,
  type ExportKind,
  type ExportRequest,
} from '../../common/dashboard-export.ts';

/** How long a dashboard may be silent before it counts as one that does not answer. */
const PATIENCE_MS = 30_000;

/** Why there is no answer: the webview's own reason; another question came; it is silent; it was closed or hidden. */
export type NoExport = ExportFault | 'replaced' | 'silent' | 'closed';

/** There is nothing to save. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly reason: NoExport;

  constructor(reason: NoExport) {
    super(`no export: ${reason}`);
    this.reason = reason;
  }
}

interface Pending {
  readonly request: number;
  readonly collector: ExportCollector;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: ExportError) => void;
  timer: NodeJS.Timeout | undefined;
}

/** Asks a dashboard for what it shows, and puts its answer together. */
export class ExportDesk {
  readonly #post: (request: ExportRequest) => void;
  readonly #patienceMs: number;
  #last = 0;
  #pending: Pending | undefined;

  /** @param post sends a message to the webview */
  constructor(post: (request: ExportRequest) => void, patienceMs = PATIENCE_MS) {
    this.#post = post;
    this.#patienceMs = patienceMs;
  }

  /**
   * What is shown now. One question at a time: another one takes the place of one that waits.
   *
   * @throws ExportError
   */
  ask(kind: ExportKind): Promise<Uint8Array> {
    this.#fail('replaced');
    const request = ++this.#last;
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      this.#pending = { request, collector: new ExportCollector(), resolve, reject, timer: undefined };
    });
    this.#wait();
    this.#post({ type: 'export', request, kind });
    return answer;
  }

  /** Takes a part of an answer. One to another question is dropped. */
  take(answer: ExportAnswer): void {
    const pending = this.#pending;
    if (pending?.request !== answer.request) return;
    switch (answer.type) {
      case 'exportChunk':
        if (pending.collector.add(answer.bytes)) this.#wait();
        else this.#fail('large');
        break;
      case 'exportEnd':
        this.#pending = undefined;
        clearTimeout(pending.timer);
        pending.resolve(pending.collector.bytes());
        break;
      case 'exportFailed':
        this.#fail(answer.fault);
    }
  }

  /** The dashboard is gone or hidden, and will not answer. */
  close(): void {
    this.#fail('closed');
  }

  #wait(): void {
    const pending = this.#pending;
    if (!pending) return;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      this.#fail('silent');
    }, this.#patienceMs);
  }

  #fail(reason: NoExport): void {
    const pending = this.#pending;
    this.#pending = undefined;
    clearTimeout(pending?.timer);
    pending?.reject(new ExportError(reason));
  }
}
