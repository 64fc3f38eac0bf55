import type { Arrangement, Place } from '../../src/common/arrangement.ts';

/** What a part of the dashboard is like until the user says otherwise. */
export interface UsualPlace {
  readonly id: string;
  readonly width: Place['width'];
}

/**
 * The places of all parts there are: those that the user has arranged in the user's order, and each that is new to the layout after
 * the one that it usually follows.
 */
export function placesOf(usual: readonly UsualPlace[], { places }: Pick<Arrangement, 'places'>): Place[] {
  const known = new Set(usual.map(({ id }) => id));
  const ordered = places.filter(({ id }) => known.has(id));
  usual.forEach(({ id, width }, at) => {
    if (ordered.some(place => place.id === id)) return;
    const before = usual[at - 1]?.id;
    const after = before === undefined ? 0 : ordered.findIndex(place => place.id === before) + 1;
    ordered.splice(after, 0, { id, width, height: 'medium', isHidden: false });
  });
  return ordered;
}

/** The places in a new order: one is put where another is. */
export function moved(places: readonly Place[], id: string, to: number): Place[] {
  const from = places.findIndex(place => place.id === id);
  const place = places[from];
  if (!place) return [...places];
  const rest = places.filter(one => one !== place);
  rest.splice(Math.max(0, Math.min(rest.length, to)), 0, place);
  return rest;
}

/** The place of the next part in a direction that can be seen; where a move up or down leads. */
export function neighbour(places: readonly Place[], id: string, direction: -1 | 1): number {
  const from = places.findIndex(place => place.id === id);
  for (let at = from + direction; at >= 0 && at < places.length; at += direction) {
    if (places[at]?.isHidden === false) return at;
  }
  return from;
}

/**
 * The places with one of them changed.
 *
 * @param change replaces what it names
 */
export function changed(places: readonly Place[], id: string, change: Partial<Omit<Place, 'id'>>): Place[] {
  return places.map(place => (place.id === id ? { ...place, ...change } : place));
}

/** The places for an arrangement that is kept: those of parts that are not there now, a GPU that is unplugged, are not forgotten. */
export function merged(now: readonly Place[], before: readonly Place[]): Place[] {
  const there = new Set(now.map(({ id }) => id));
  return [...now, ...before.filter(({ id }) => !there.has(id))];
}
