/**
 * Which of everything ever said of one mark holds. What a source says arrives in files, sometimes late and sometimes twice;
 * what a person corrects stands beside it. The answer follows from what was said and as of when, never from the order in
 * which it arrived (docs/decisions/016). The records decide the same set-wise where they merge (db/stores/mark-merge.ts).
 */

/** One revision of a mark. */
export interface Said {
  readonly id: number;
  readonly code: string;
  readonly fraction: number;
  readonly minutes: number | null;
  /** There is no such absence (any more). */
  readonly withdrawn: boolean;
  /** Said by a person, not by the source itself. */
  readonly byHand: boolean;
  /** As of when it was (last) said, an ISO instant. */
  readonly saidAt: string;
  /** By hand: the source's revision the person had looked at. */
  readonly corrects: number | null;
}

/** Of marks taken back it does not matter what they were. */
export function saysTheSame(a: Said, b: Said): boolean {
  if (a.withdrawn || b.withdrawn) return a.withdrawn && b.withdrawn;
  return a.code === b.code && a.fraction === b.fraction && a.minutes === b.minutes;
}

/**
 * The source's latest word; or a person's latest correction, until the source says, after it, something else than what the
 * person had looked at. Of two words of a source as of one instant the longest absence. Null where nothing was said.
 */
export function holdingRevision<R extends Said>(said: readonly R[]): R | null {
  const bySource = said.filter((one) => !one.byHand).sort(latestFirst);
  const [corrected] = said
    .filter((one) => one.byHand)
    .sort((a, b) => compare(b.saidAt, a.saidAt) || b.id - a.id);
  const latest = bySource[0] ?? null;
  if (!corrected || !latest) return corrected ?? latest;
  const looked = said.find((one) => one.id === corrected.corrects);
  const newWord = bySource.some(
    (one) => one.saidAt > corrected.saidAt && (looked === undefined || !saysTheSame(one, looked)),
  );
  return newWord ? latest : corrected;
}

function latestFirst(a: Said, b: Said): number {
  return (
    compare(b.saidAt, a.saidAt) ||
    Number(a.withdrawn) - Number(b.withdrawn) ||
    b.fraction - a.fraction ||
    compare(a.code, b.code) ||
    (b.minutes ?? -1) - (a.minutes ?? -1) ||
    b.id - a.id
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
