/** How good answers are. */
export interface Scores {
  readonly confusion: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly macroF1: number;
  readonly accuracy: number;
  readonly unknown: number;
}

/** Scores of pairs of the right class and the answer. F1 is averaged over the classes that are right for some. */
export function scoresOf(pairs: readonly (readonly [truth: string, answer: string])[]): Scores {
  const confusion = new Map<string, Map<string, number>>();
  for (const [truth, answer] of pairs) {
    const row = confusion.get(truth) ?? new Map<string, number>();
    row.set(answer, (row.get(answer) ?? 0) + 1);
    confusion.set(truth, row);
  }
  const f1 = [...confusion.keys()].map(category => {
    const right = pairs.filter(([truth, answer]) => truth === category && answer === category).length;
    const wrong = pairs.filter(([truth, answer]) => (truth === category) !== (answer === category)).length;
    return right === 0 ? 0 : (2 * right) / (2 * right + wrong);
  });
  return {
    confusion,
    macroF1: mean(f1),
    accuracy: pairs.filter(([truth, answer]) => truth === answer).length / Math.max(1, pairs.length),
    unknown: pairs.filter(([, answer]) => answer === 'unknown').length / Math.max(1, pairs.length),
  };
}

/** Of answers with about the same confidence: how sure they were, and how often they were right. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly share: number;
  readonly confidence: number;
  readonly right: number;
}

/** Ten bins of confidence, those without answers left out. */
export function reliabilityOf(
  answers: readonly { readonly confidence: number; readonly isRight: boolean; readonly weight: number }[],
): ReliabilityBin[] {
  const total = answers.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: 10 }, (_, bin) => {
    const here = answers.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin);
    const weight = here.reduce((sum, one) => sum + one.weight, 0);
    const of = (value: (one: (typeof here)[number]) => number) =>
      here.reduce((sum, one) => sum + one.weight * value(one), 0) / weight;
    return {
      from: bin / 10,
      to: (bin + 1) / 10,
      share: weight / total,
      confidence: of(({ confidence }) => confidence),
      right: of(({ isRight }) => (isRight ? 1 : 0)),
    };
  }).filter(({ share }) => share > 0);
}

/** Mean of the bins' distance between confidence and share of right answers, by how full they are. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  return bins.reduce((sum, { share, confidence, right }) => sum + share * Math.abs(confidence - right), 0);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

export function median(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const middle = ascending.length / 2;
  return ascending.length === 0
    ? Number.NaN
    : ((ascending[Math.ceil(middle) - 1] ?? 0) + (ascending[Math.floor(middle)] ?? 0)) / 2;
}
