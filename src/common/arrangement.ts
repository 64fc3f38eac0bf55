/** How wide a part of the dashboard is: a whole row of it, or half of one where there is room for two. */
export type PlaceWidth = 'half' | 'full';
/** How high its charts are. */
export type PlaceHeight = 'small' | 'medium' | 'large';

/** One part of the dashboard in the user's layout. */
export interface Place {
  readonly id: string;
  readonly isHidden: boolean;
  readonly width: PlaceWidth;
  readonly height: PlaceHeight;
}

/** The cores that have lines of their own: none, all of them or how they are spread where there are many, or these. */
export type CoreChoice = 'none' | 'all' | readonly number[];

/** A dashboard as the user has laid it out. */
export interface Arrangement {
  /** In their order. Parts that are not named are where they are without a layout. */
  readonly places: readonly Place[];
  readonly cores: CoreChoice;
}

/** Most places of an arrangement: far above what a machine with many GPUs has. */
const MOST_PLACES = 200;
/** Cores that can have a line of their own at a time. */
export const MOST_CORE_LINES = 16;

const WIDTHS: readonly unknown[] = ['half', 'full'] satisfies PlaceWidth[];
const HEIGHTS: readonly unknown[] = ['small', 'medium', 'large'] satisfies PlaceHeight[];

/** Reads an arrangement that was saved or sent; `undefined` when it is none. What is too much of it is left out. */
export function parseArrangement(value: unknown): Arrangement | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { places, cores } = value as Record<string, unknown>;
  if (!Array.isArray(places)) return undefined;
  const known = new Map<string, Place>();
  for (const item of places.slice(0, MOST_PLACES)) {
    const place = parsePlace(item);
    if (place && !known.has(place.id)) known.set(place.id, place);
  }
  return { places: [...known.values()], cores: parseCores(cores) };
}

function parsePlace(value: unknown): Place | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, isHidden, width, height } = value as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]{0,39}$/.test(id)) return undefined;
  if (!WIDTHS.includes(width) || !HEIGHTS.includes(height)) return undefined;
  return { id, isHidden: isHidden === true, width: width as PlaceWidth, height: height as PlaceHeight };
}

function parseCores(value: unknown): CoreChoice {
  if (value === 'none' || !Array.isArray(value)) return value === 'none' ? 'none' : 'all';
  const cores = value.filter(
    (core): core is number => Number.isSafeInteger(core) && core >= 0 && core < 100_000,
  );
  return [...new Set(cores)].slice(0, MOST_CORE_LINES);
}
