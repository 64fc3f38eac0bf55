import { Banner } from './banner.ts';
import type { Feed } from './data/feed.ts';
import { t } from './l10n.ts';
import { lengthOf } from './time/span.ts';
import { lengthText } from './time/time-text.ts';
import type { Toolbar } from './toolbar/toolbar.ts';

/** How long reading may take before it is worth a word. */
const MOMENT_MS = 400;

/** Says that the past is being read, where that takes more than a moment, and why it could not be read. */
export class LoadingNotice {
  readonly banner = new Banner();
  readonly #feed: Feed;
  readonly #toolbar: Toolbar;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isShown = false;

  constructor(feed: Feed, toolbar: Toolbar) {
    this.#feed = feed;
    this.#toolbar = toolbar;
  }

  /** Takes over what the feed says now. */
  show(): void {
    const { loading, fault } = this.#feed;
    clearTimeout(this.#timer);
    if (loading && !this.#isShown)
      this.#timer = setTimeout(() => {
        this.#isShown = true;
        this.#showProgress();
      }, MOMENT_MS);
    else {
      this.#isShown &&= loading !== undefined;
      this.#showProgress();
    }
    this.banner.show(
      fault === undefined
        ? undefined
        : {
            kind: 'error',
            title: t('The past could not be read.'),
            detail: fault,
            actions: [
              {
                label: t('Try Again'),
                run: () => {
                  this.#feed.refresh();
                },
              },
            ],
          },
    );
  }

  #showProgress(): void {
    const { loading } = this.#feed;
    this.#toolbar.setLoading(
      loading && { share: loading.share, text: t('Reading {0}…', lengthText(lengthOf(loading.span))) },
    );
  }
}
