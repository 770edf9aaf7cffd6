/**
 * Who may call, and by which way ("When to call Truancy"): police call the dispatcher; a school calls an officer directly; a
 * parent is never the caller.
 */
import type { IsoDate } from '../dates.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type { Gate } from './gates.ts';
import type { CallKind, CallPolicy } from './policy.ts';

export const CALLERS = ['police', 'school', 'parent'] as const;
export type CallCaller = (typeof CALLERS)[number];

/** What staff say to a parent who asks for an officer. It names no number of the department [page]. */
export const WORDS_FOR_PARENT =
  'Thank you for calling. An officer is sent at the request of the school, so please speak with your child’s school. Call its attendance office this morning and tell them what is happening; the school will make the request and stay in touch with you.';

/** The channel rule. Null where this caller may ask for this kind; `dispatcher`: whether a dispatcher enters it. */
export function channelRefusal(
  policy: CallPolicy,
  kind: CallKind,
  caller: CallCaller,
  dispatcher: boolean,
): Refusal | null {
  if (caller === 'parent') {
    return refusal(
      'PARENT_MAY_NOT_CALL',
      `A parent does not make this call, the school does. Tell them: “${WORDS_FOR_PARENT}”`,
      { tellThem: WORDS_FOR_PARENT },
    );
  }
  const { calledBy, label } = policy.kinds[kind];
  if (calledBy !== caller) {
    return refusal(
      'WRONG_CHANNEL',
      calledBy === 'police'
        ? `${label} is asked for by a police officer who is with the student, through the dispatcher. A school asks for a true refusal, an MIA visit or an address verification.`
        : `${label} is asked for by the school, which calls the officer directly; police ask for police transport.`,
      { kind, caller, calledBy },
    );
  }
  if (caller === 'police' && !dispatcher) {
    return refusal(
      'POLICE_CALL_THE_DISPATCHER',
      'A police call goes to the dispatcher, who enters it; connect the officer with the dispatcher.',
    );
  }
  return null;
}

/** Refused at the door: each finding that is missing or contradicted, in its own words; the others beside them. */
export function gateRefusal(gate: Gate): Refusal {
  const against = gate.findings.filter(
    (one) => one.standing === 'contradicted' || one.standing === 'missing',
  );
  return refusal('GATE_CLOSED', against.map((one) => one.words).join(' '), {
    findings: gate.findings.map(({ condition, standing, words }) => ({ condition, standing, words })),
  });
}

/** What an officer can say of a student by radio. */
export interface SaidByPolice {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly birthDate?: IsoDate | undefined;
  readonly school?: string | undefined;
}

export interface Candidate {
  readonly sisId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: IsoDate | null;
  readonly schools: readonly string[];
}

/**
 * The students who may be meant. A name or a date of birth must have been said; each thing said must fit, except that the
 * school may be the wrong one where name and date of birth both fit, and the date may be misheard where nothing else fits.
 */
export function whoIsMeant(all: readonly Candidate[], said: SaidByPolice): readonly Candidate[] {
  const named = said.lastName !== undefined || said.firstName !== undefined;
  if (!named && said.birthDate === undefined) return [];
  const byName = (one: Candidate) =>
    (said.lastName === undefined || heardName(one.lastName) === heardName(said.lastName)) &&
    (said.firstName === undefined || heardName(one.firstName) === heardName(said.firstName));
  const byBirth = (one: Candidate) => said.birthDate === undefined || one.birthDate === said.birthDate;
  const bySchool = (one: Candidate) => said.school === undefined || one.schools.includes(said.school);
  const tries = [
    (one: Candidate) => byName(one) && byBirth(one) && bySchool(one),
    ...(named && said.birthDate !== undefined ? [(one: Candidate) => byName(one) && byBirth(one)] : []),
    ...(said.lastName === undefined ? [] : [(one: Candidate) => byName(one) && bySchool(one)]),
  ];
  for (const fits of tries) {
    const found = all.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

/** Upper and lower case, accents, hyphens and blanks are not heard by radio. */
export function heardName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase();
}
