/**
 * Which of a day's marks is which: a source that writes several rows a day does not number them. A row keeps the number
 * under which its source said the same before, so that a correction by hand stays with the mark it was made for when
 * another row of that day comes, goes or changes.
 */

export interface SlotContent {
  readonly code: string;
  readonly fraction: number;
}

/** What the source last said under a number. */
export interface KnownSlot extends SlotContent {
  readonly slot: number;
}

/** Fractions are kept to six decimals. */
const SAME = 5e-7;

/** The rows of one student's day at one school with their numbers; the same whatever the order of the rows. */
export function assignSlots<R extends SlotContent>(
  rows: readonly R[],
  known: readonly KnownSlot[],
): (R & { slot: number })[] {
  const sorted = [...rows].sort((a, b) =>
    a.code < b.code ? -1 : a.code > b.code ? 1 : a.fraction - b.fraction,
  );
  const free = [...known].sort((a, b) => a.slot - b.slot);
  const slots = new Map<R, number>();
  const match = (fits: (row: R, slot: KnownSlot) => boolean) => {
    for (const row of sorted) {
      if (slots.has(row)) continue;
      const at = free.findIndex((slot) => fits(row, slot));
      const [found] = at < 0 ? [] : free.splice(at, 1);
      if (found) slots.set(row, found.slot);
    }
  };
  match((row, slot) => row.code === slot.code && Math.abs(row.fraction - slot.fraction) < SAME);
  match((row, slot) => row.code === slot.code);
  match(() => true);
  let next = Math.max(0, ...known.map((one) => one.slot));
  return sorted.map((row) => ({ ...row, slot: slots.get(row) ?? (next += 1) }));
}
