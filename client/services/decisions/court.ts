/** The order, and the way to the State's Attorney. */
import { certificateOf, MISSING_WORDS, type MissingService } from '../../../domain/case/certificate.ts';
import type { IssueOrder } from '../../../domain/case/commands.ts';
import type { Certificate } from '../../../domain/case/state.ts';
import { OutOfReach } from '../../failures.ts';
import { stateOf } from '../cases.ts';
import { allow, audited, caseFor, type Call } from '../context.ts';
import { ask, prepare, type Bare, type DecisionAnswer, type WithId } from './asking.ts';

export type OrderInput = WithId & Omit<Bare<IssueOrder>, 'type'>;

export async function issueOrder(call: Call, number: string, input: OrderInput): Promise<DecisionAnswer> {
  const { returnDate, findings, services, reviewDate } = input;
  return ask(
    await prepare(call, 'order.issue', number, input, {
      type: 'issue-order',
      ...{ returnDate, findings, services, reviewDate },
    }),
  );
}

export async function referToCourt(
  call: Call,
  number: string,
  input: WithId & { override?: string | undefined },
): Promise<DecisionAnswer> {
  const { override } = input;
  return ask(await prepare(call, 'court.refer', number, input, { type: 'refer-to-court', override }));
}

export async function recordCourtAnswer(
  call: Call,
  number: string,
  input: WithId & { answer: 'accepted' | 'declined' | 'returned' },
): Promise<DecisionAnswer> {
  const { answer } = input;
  return ask(await prepare(call, 'court.answer', number, input, { type: 'record-court-answer', answer }));
}

/** News from the court, in a sentence. */
export async function recordCourtStatus(
  call: Call,
  number: string,
  input: WithId & { text: string },
): Promise<DecisionAnswer> {
  const { text } = input;
  return ask(await prepare(call, 'court.answer', number, input, { type: 'record-court-status', text }));
}

export interface CertificateShown extends Certificate {
  readonly caseNumber: string;
  /** The same in words, in the order of `missing`. */
  readonly missingInWords: readonly string[];
  /** It went with the referral; before one, or when it came back, it is what would go with the next. */
  readonly referred: boolean;
}

/** The certificate of services: what exists, and what is missing by name. */
export async function certificateFor(call: Call, number: string): Promise<CertificateShown> {
  allow(call, 'case.read');
  const { row } = await caseFor(call, call.db, number);
  const state = stateOf(row);
  await audited(call.db, call, 'case.read', `case ${number}`);
  if (state === null) {
    throw new OutOfReach('The case has not written its first entry yet; look again in a moment.');
  }
  // What the State's Attorney has, or what would go in now.
  const { court } = state;
  const referred = court !== null && court.answer !== 'returned' && court.answer !== 'declined';
  const certificate = referred ? court.certificate : certificateOf(state);
  return {
    caseNumber: number,
    ...certificate,
    missingInWords: certificate.missing.map((one) => MISSING_WORDS[one as MissingService]),
    referred,
  };
}
