/** What can be measured alone, in the order in which it is. */
export const PARTS = [
  'activation',
  'sizes',
  'start',
  'tick',
  'host-tick',
  'processes',
  'scale',
  'classifier',
  'week',
  'log',
  'history',
  'dashboard',
  'encryption',
  'wire',
  'sending',
] as const;

/** A part of the bench. */
export type Part = (typeof PARTS)[number];
