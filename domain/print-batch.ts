/** How prints become a batch: which letters share an envelope, in which order the post gets them, which label each bears. */
import { nextArticleNumber } from './certified-mail.ts';
import { addressKey } from './addresses.ts';
import type { PostalAddress } from './records.ts';

export interface PrintToPost {
  readonly key: string;
  readonly kind: string;
  readonly toName: string;
  readonly toAddress: PostalAddress;
}

export interface PlannedEnvelope<P extends PrintToPost> {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly toName: string;
  readonly toAddress: PostalAddress;
  /** Siblings stay separate letters. */
  readonly letters: readonly P[];
}

/**
 * By postal code, then address, then name: what goes to one home lies together, and what goes to the same persons there lies
 * in one envelope. The same prints give the same order whatever order they come in.
 */
export function planBatch<P extends PrintToPost>(prints: readonly P[]): PlannedEnvelope<P>[] {
  const sorted = [...prints].sort(
    (a, b) =>
      compare(addressKey(a.toAddress), addressKey(b.toAddress)) ||
      compare(persons(a), persons(b)) ||
      compare(a.key, b.key),
  );
  const envelopes: { number: number; toName: string; toAddress: PostalAddress; letters: P[] }[] = [];
  let open = '';
  for (const print of sorted) {
    // As a list: no character of a name can make two homes one.
    const of = JSON.stringify([addressKey(print.toAddress), persons(print)]);
    const last = envelopes.at(-1);
    if (last && of === open) {
      last.letters.push(print);
      continue;
    }
    open = of;
    const { toName, toAddress } = print;
    envelopes.push({ number: envelopes.length + 1, toName, toAddress, letters: [print] });
  }
  return envelopes;
}

/**
 * Labels off a roll: the first envelope gets `from`, each next one the label after it. With `kinds`, only envelopes that hold
 * such a letter get one. Gives envelope number → article number.
 */
export function labelEnvelopes<P extends PrintToPost>(
  envelopes: readonly PlannedEnvelope<P>[],
  from: string,
  kinds: readonly string[] | null,
): Map<number, string> {
  const labels = new Map<number, string>();
  let label = from;
  for (const { number, letters } of envelopes) {
    if (kinds !== null && !letters.some(({ kind }) => kinds.includes(kind))) continue;
    labels.set(number, label);
    label = nextArticleNumber(label);
  }
  return labels;
}

function persons({ toName }: PrintToPost): string {
  return toName.trim().toLowerCase().replace(/\s+/g, ' ');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
