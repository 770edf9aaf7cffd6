/** Letters of the Intervention Department on the command line: what would leave, asked first; and those that were held back. */
import { heldBackWords, letterOfSubject } from '../../domain/department-letters.ts';
import { shortDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { ContractPreview } from '../services/contract-preview.ts';
import type { HeldLetterAnswer } from '../services/held-letters.ts';
import { part, type ApiSource } from './api-source.ts';
import type { Output } from './frame.ts';
import { confirmed, how } from './leaving.ts';
import { idOf, type Doing } from './verb.ts';

/** A contract is mailed to a family: who gets what, how. Asks nothing where nothing would leave. */
export async function askBeforeContract(
  api: ApiSource,
  out: Output,
  of: { readonly student: string } | { readonly monitor: string },
  yes: boolean | undefined,
): Promise<void> {
  if (yes === true) return;
  const seen = await api.get<ContractPreview>('monitors/preview', { ...of });
  if (!seen.mails) return;
  if (seen.blocked === null) await confirmed(out, previewText(seen));
  // A release that is refused says so itself.
  else if ('student' in of)
    out.note(`Letter   held back: ${heldBackWords('monitor-contract', seen.blocked)}`);
}

function previewText(seen: ContractPreview): string {
  const day = (date: string | null) => (date === null ? 'not known' : shortDate(date));
  return [
    `Student  ${seen.name} (${seen.student}), born ${seen.birthDate === null ? 'not on record' : shortDate(seen.birthDate)}`,
    `Monitor  ${day(seen.startsOn)} to ${day(seen.stopsOn)}`,
    `Letter   20-Day Monitor contract, leaves now${seen.practice ? ' (PRACTICE: to nobody but this office)' : ''}`,
    ...seen.to.map((one) => `To       ${one.name} (${one.relation}), ${how(one)}`),
  ].join('\n');
}

/** `M-000001`, `S-000001`: a number of the department, not of a case. */
export function isOfDepartment(number: string): boolean {
  return /^[MS]-/.test(number);
}

export interface OfHeldLetter {
  readonly case: string;
  readonly letter: string;
  readonly reason: string;
  readonly id?: string;
  readonly yes?: boolean;
}

/** `notice release` and `notice withdraw` of a monitor's contract, or a call's findings. */
export async function decideHeldLetter(
  { api, out }: Doing,
  given: OfHeldLetter,
  door: 'release' | 'withdraw',
): Promise<void> {
  const { case: number, letter, reason } = given;
  const kind = letterOfSubject(number);
  if (letter !== kind && letter !== `${kind}/1`) {
    throw new InputFault('BAD_LETTER', `is no letter of ${number}; its letter is ${kind}`, '--letter');
  }
  const ofMonitor = kind === 'monitor-contract';
  if (door === 'release' && ofMonitor) await askBeforeContract(api, out, { monitor: number }, given.yes);
  const route = ofMonitor ? `monitors/${part(number)}/contract` : `calls/${part(number)}/findings`;
  const answer = await api.post<HeldLetterAnswer>(`${route}/${door}`, { id: idOf(given), reason });
  out.result(
    answer,
    [
      answer.done,
      ...answer.to.map((one) => `To       ${how(one)}`),
      ...(answer.waits ? ['(Kept; it begins as soon as Temporal can be reached.)'] : []),
    ].join('\n'),
  );
}

/** `M-000001/monitor-contract/1 is held back: …`, with the mend and the command that lets it go. */
export function heldBackText(number: string, key: string, code: string): string {
  const kind = letterOfSubject(number);
  return `${key} is held back: ${heldBackWords(kind, code)} Then: notice release --case ${number} --letter ${kind} --reason "…".`;
}
