import { isPreset, presetLength, USUAL_PRESET, type PresetId } from './presets.ts';
import { clampSpan, lengthOf, zoomSpan, type Span } from './span.ts';

/** What is shown: a stretch that ends now and goes on with it, or one that stands still. */
export type Choice =
  | { readonly kind: 'following'; readonly preset: PresetId; readonly lengthMs: number }
  | { readonly kind: 'fixed'; readonly preset: PresetId; readonly span: Span };

/** How far the end of a span may be from now to be taken for now, as a share of its length. */
const END_REACH = 0.02;
/** Steps back that are kept. */
const MOST_STEPS = 50;
/** Steps of a gesture that follow each other within this time are one step back. */
const GESTURE_MS = 1_000;

/**
 * The one part of time that everything in a dashboard shows: charts, tiles, bands, tables. It also has the moment that the
 * user points at, so that all of them mark the same one.
 *
 * Whoever shows something asks for {@link span} when it draws, and is told by {@link onChange} when the user has chosen another
 * one, and by {@link onCursor} when another moment is pointed at. While the view follows now, the span moves on with
 * {@link setNow}; nobody is told of that, for it happens each second and what comes then is drawn anyway.
 */
export class TimeView {
  #choice: Choice;
  readonly #past: Choice[] = [];
  #now: number;
  #cursor: number | undefined;
  /** What the latest step was made with, and when. */
  #gesture: 'zoom' | 'pan' | undefined;
  #gestureAt = 0;
  readonly #changes = new Set<() => void>();
  readonly #cursors = new Set<() => void>();

  /** @param now milliseconds since 1970 UTC */
  constructor(now: number, choice: Choice = following(USUAL_PRESET)) {
    this.#now = now;
    this.#choice = choice;
  }

  /** What is shown, milliseconds since 1970 UTC. */
  get span(): Span {
    return this.#choice.kind === 'fixed'
      ? this.#choice.span
      : { from: this.#now - this.#choice.lengthMs, to: this.#now };
  }

  /** What the user has chosen; {@link restoreChoice} reads it back after a reload. */
  get choice(): Choice {
    return this.#choice;
  }

  /** Whether the span ends now and goes on with it. */
  get isFollowing(): boolean {
    return this.#choice.kind === 'following';
  }

  /** Whether exactly what the preset says is shown, and not a part of it or another time. */
  get isPreset(): boolean {
    const { kind, preset } = this.#choice;
    return kind === 'following' && this.#choice.lengthMs === presetLength(preset);
  }

  /** Whether what is shown was reached by a step of a gesture, after which others may follow at once. */
  get isGesture(): boolean {
    return this.#gesture !== undefined;
  }

  /** Whether there is something to go back to. */
  get canGoBack(): boolean {
    return this.#past.length > 0;
  }

  /** The latest moment of which something is known. */
  get now(): number {
    return this.#now;
  }

  /** The moment that the user points at; `undefined` for none. */
  get cursor(): number | undefined {
    return this.#cursor;
  }

  /** Time has gone on. */
  setNow(now: number): void {
    if (Number.isFinite(now)) this.#now = now;
  }

  /** Shows a preset. */
  choose(preset: PresetId): void {
    this.#become(following(preset));
  }

  /** Shows a stretch of time as near to this one as can be; one that reaches to now goes on with it. */
  show(span: Span): void {
    this.#become(this.#choiceOf(span));
  }

  /**
   * Shows more or less of the time around a moment.
   *
   * @param factor below 1 zooms in, above 1 zooms out
   * @param around milliseconds since 1970 UTC; the cursor, else the middle unless given
   */
  zoom(factor: number, around = this.#cursor ?? (this.span.from + this.span.to) / 2): void {
    this.#become(this.#choiceOf(zoomSpan(this.span, factor, around)), 'zoom');
  }

  /**
   * Moves by milliseconds; to the past when below 0.
   *
   * @param start what is moved: what is shown, or was when a gesture began
   */
  pan(ms: number, start = this.span): void {
    const { from, to } = start;
    this.#become(this.#choiceOf({ from: from + ms, to: to + ms }), 'pan');
  }

  /** Stands still at what is shown. */
  hold(): void {
    if (this.isFollowing) this.#become({ kind: 'fixed', preset: this.#choice.preset, span: this.span });
  }

  /** Goes on with now again, as long a stretch as is shown. */
  follow(): void {
    if (this.isFollowing) return;
    const lengthMs = Math.round(lengthOf(this.span));
    this.#become({ kind: 'following', preset: this.#choice.preset, lengthMs });
  }

  /** Back to what was shown before. */
  back(): void {
    const choice = this.#past.pop();
    if (!choice) return;
    this.#gesture = undefined;
    this.#set(choice);
  }

  /** Back to the preset that it all began with. */
  reset(): void {
    this.#become(following(this.#choice.preset));
  }

  /** The user points at a moment, or at none. */
  setCursor(cursor: number | undefined): void {
    if (cursor === this.#cursor) return;
    this.#cursor = cursor;
    for (const listener of this.#cursors) listener();
  }

  /** Calls back after the user has chosen another span. @returns ends that */
  onChange(listener: () => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  /** Calls back after {@link cursor} has changed. @returns ends that */
  onCursor(listener: () => void): () => void {
    this.#cursors.add(listener);
    return () => this.#cursors.delete(listener);
  }

  #choiceOf(span: Span): Choice {
    const { preset } = this.#choice;
    const near = clampSpan(span, this.#now);
    return this.#now - near.to <= END_REACH * lengthOf(near)
      ? { kind: 'following', preset, lengthMs: Math.round(lengthOf(near)) }
      : { kind: 'fixed', preset, span: near };
  }

  #become(choice: Choice, gesture?: 'zoom' | 'pan'): void {
    if (JSON.stringify(choice) === JSON.stringify(this.#choice)) return;
    const isSameGesture =
      gesture !== undefined && gesture === this.#gesture && Date.now() - this.#gestureAt < GESTURE_MS;
    if (!isSameGesture) this.#past.push(this.#choice);
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#gesture = gesture;
    this.#gestureAt = Date.now();
    this.#set(choice);
  }

  #set(choice: Choice): void {
    this.#choice = choice;
    for (const listener of this.#changes) listener();
  }
}

function following(preset: PresetId): Choice {
  return { kind: 'following', preset, lengthMs: presetLength(preset) };
}

/** Reads a saved choice of any version of ours; `undefined` when it is none. */
export function restoreChoice(value: unknown): Choice | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, preset, lengthMs, span } = value as Record<string, unknown>;
  if (!isPreset(preset)) return undefined;
  if (kind === 'following' && typeof lengthMs === 'number' && lengthMs > 0)
    return { kind, preset, lengthMs: lengthOf(clampSpan({ from: 0, to: lengthMs }, Infinity)) };
  if (kind !== 'fixed' || typeof span !== 'object' || span === null) return undefined;
  const { from, to } = span as Record<string, unknown>;
  if (typeof from !== 'number' || typeof to !== 'number' || !(from >= 0 && to > from)) return undefined;
  return { kind, preset, span: clampSpan({ from, to }, Infinity) };
}
