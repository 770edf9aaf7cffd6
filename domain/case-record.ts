/**
 * The account of one case for the office that goes on with it: what was tried, what was counted, what was sent and with
 * which proof, and what is still open. It names the student, as such a record must; so it is given out by a person, noted
 * as a disclosure, and never travels through a workflow or a log. Holds are told without their kind: it may be a matter of
 * health or of special education, which has records of its own.
 */
import type { Count } from './attendance.ts';
import { LETTER_NAMES } from './case/view.ts';
import { PARKED_WORDS } from './case/rules.ts';
import type { CaseCourt, CaseOrder, CaseState } from './case/state.ts';
import { shortDate, type IsoDate } from './dates.ts';

export interface CaseRecord {
  readonly record: 'truancy-case';
  readonly form: 1;
  readonly office: string;
  /** Letters of a practising office went to nobody. */
  readonly practice: boolean;
  readonly madeOn: IsoDate;
  readonly student: {
    readonly number: string;
    readonly name: string;
    readonly birthDate: IsoDate | null;
    readonly grade: string | null;
    readonly enrollments: readonly {
      readonly school: string;
      readonly name: string;
      readonly from: IsoDate | null;
      readonly to: IsoDate | null;
    }[];
  };
  readonly case: {
    readonly number: string;
    readonly openedOn: IsoDate;
    readonly closedOn: IsoDate | null;
    readonly closeReason: string | null;
    readonly note: string | null;
    readonly stage: string;
    readonly previousCase: string | null;
    readonly policy: string;
    readonly begunOnPaper: boolean;
  };
  readonly count: Count;
  readonly interventions: readonly RecordedIntervention[];
  readonly referrals: readonly RecordedReferral[];
  readonly contacts: { readonly tries: number; readonly reached: number; readonly last: IsoDate | null };
  readonly caseload: { readonly since: IsoDate; readonly reason: string | null } | null;
  readonly letters: readonly RecordedLetter[];
  readonly hearings: readonly RecordedHearing[];
  readonly order: CaseOrder | null;
  readonly court: CaseCourt | null;
  readonly openQuestions: readonly string[];
}

export interface RecordedIntervention {
  readonly date: IsoDate;
  readonly kind: string;
  readonly by: string;
  readonly outcome: string | null;
  readonly description: string | null;
  readonly proof: string | null;
  readonly countedFor: number | null;
}

export interface RecordedReferral {
  readonly n: number;
  readonly on: IsoDate;
  readonly unexcusedDays: number;
  readonly progress: string | null;
  readonly newUnexcused: readonly IsoDate[];
  readonly override: string | null;
  readonly paper: boolean;
}

export interface RecordedLetter {
  readonly letter: string;
  readonly sequence: number;
  readonly decidedOn: IsoDate;
  readonly status: string;
  readonly outOn: IsoDate | null;
  readonly sent: readonly LetterProof[];
}

/** One letter to one recipient, without their name. */
export interface LetterProof {
  readonly channel: string;
  readonly language: string | null;
  readonly outOn: IsoDate | null;
  readonly status: string;
  /** Message-ID and the mail server's answer, who posted it, or what the paper file says. */
  readonly proof: string | null;
}

export interface RecordedHearing {
  readonly on: IsoDate;
  readonly what: string;
  readonly date: IsoDate | null;
  readonly time: string | null;
  readonly place: string | null;
  readonly words: string | null;
}

/** What whoever goes on with the case has to settle. */
export function openQuestionsOf(state: CaseState): string[] {
  const { hearing, order, court } = state;
  const questions: string[] = [];
  for (const letter of state.letters) {
    const name = LETTER_NAMES[letter.kind];
    if (letter.concern && letter.concern.settled === null) {
      questions.push(
        `The ${name}${letter.outOn === null ? '' : ` of ${shortDate(letter.outOn)}`} is in question since ${shortDate(letter.concern.since)}: attendance it rests on was corrected.`,
      );
    }
    if (letter.status === 'blocked') questions.push(`The ${name} had no usable recipient.`);
    if (letter.status === 'waiting')
      questions.push(
        `The ${name} has not left${letter.parked === null ? '' : `: ${PARKED_WORDS[letter.parked]}`}.`,
      );
  }
  for (const hold of state.holds) questions.push(`A hold stands until ${shortDate(hold.until)}.`);
  if (hearing?.status === 'scheduled')
    questions.push(`A hearing was set for ${shortDate(hearing.date)}, ${hearing.time}, and was not held.`);
  if (hearing?.questioned && !hearing.questioned.stands)
    questions.push(
      'Corrections took the count under the hearing’s threshold, and nobody has said what follows.',
    );
  if (order && order.brokenBy !== null && !court)
    questions.push(`The order was broken on ${shortDate(order.brokenBy)}; it was not referred to court.`);
  if (court && court.answer === null) questions.push('The State’s Attorney has not answered yet.');
  return questions;
}

/** The record as a person reads it (Markdown). */
export function accountOf(record: CaseRecord): string {
  const { student, case: kept, count } = record;
  const lines = [
    `# Truancy case ${kept.number}`,
    '',
    `${record.office}, ${shortDate(record.madeOn)}. Confidential: education record of a minor.`,
    ...(record.practice ? ['', '**Practice:** this office practises; no letter went to a family.'] : []),
    ...section('Student', [
      `- ${student.name}, number ${student.number}, born ${student.birthDate === null ? '(not on record)' : shortDate(student.birthDate)}${student.grade === null ? '' : `, grade ${student.grade}`}`,
      ...student.enrollments.map((one) => `- ${one.name} (${one.school}): ${spell(one.from, one.to)}`),
    ]),
    ...section('Where it stands', [
      `- Opened ${shortDate(kept.openedOn)}${kept.begunOnPaper ? ', begun on paper before' : ''}; ${kept.closedOn === null ? `open (${kept.stage})` : `closed ${shortDate(kept.closedOn)}: ${kept.closeReason ?? ''}`}${kept.note === null ? '' : `. ${kept.note}`}`,
      ...(kept.previousCase === null ? [] : [`- Earlier case: ${kept.previousCase}`]),
      `- Rules: ${kept.policy}`,
    ]),
    ...section(
      'Open questions',
      record.openQuestions.map((one) => `- ${one}`),
    ),
    ...section('Unexcused days', [
      `- ${count.unexcusedDays} as of ${shortDate(count.asOf)}, in the ${count.window.attendanceDays} attendance days from ${count.window.from === null ? '?' : shortDate(count.window.from)} to ${shortDate(count.window.to)}; the threshold is ${count.threshold}`,
      `- Attendance known up to ${count.knownUpTo === null ? '(nothing has arrived)' : shortDate(count.knownUpTo)}`,
      ...count.counted.map((day) => `- ${day.date}: ${day.fraction} (${day.code}, ${day.school})`),
      ...count.notes.map((note) => `- Note: ${note}`),
    ]),
    ...section(
      'Interventions',
      record.interventions.map(
        (one) =>
          `- ${one.date}: ${one.kind}, by ${one.by}${said(one.outcome)}${said(one.description)}${one.proof === null ? '' : `; proof: ${one.proof}`}${one.countedFor === null ? '' : ` (for referral ${one.countedFor})`}`,
      ),
    ),
    ...section('Ladder', [
      ...record.referrals.map(
        (one) =>
          `- Referral ${one.n}, ${shortDate(one.on)}: ${one.paper ? 'on paper' : `${one.unexcusedDays} unexcused ${one.unexcusedDays === 1 ? 'day' : 'days'}`}${said(one.progress)}${one.override === null ? '' : ` Without a new absence, because: ${one.override}`}`,
      ),
      ...(record.caseload
        ? [`- On the caseload since ${shortDate(record.caseload.since)}${said(record.caseload.reason)}`]
        : []),
      ...(record.contacts.tries === 0
        ? []
        : [
            `- The Case Manager tried to reach the family ${record.contacts.tries} times and reached them ${record.contacts.reached} times`,
          ]),
      ...record.hearings.map(
        (one) =>
          `- ${shortDate(one.on)}: ${one.what}${one.date === null ? '' : `, ${shortDate(one.date)}`}${one.time === null ? '' : ` ${one.time}`}${one.place === null ? '' : `, ${one.place}`}${said(one.words)}`,
      ),
      ...(record.order ? [orderLine(record.order)] : []),
      ...(record.court
        ? [
            `- Referred to the State’s Attorney on ${shortDate(record.court.on)}: ${record.court.answer ?? 'no answer yet'}${record.court.status ? `; ${record.court.status.text}` : ''}`,
          ]
        : []),
    ]),
    ...section(
      'Letters',
      record.letters.flatMap((one) => [
        `- ${one.letter} ${one.sequence}: ${one.outOn === null ? one.status : `out on ${shortDate(one.outOn)}`}`,
        ...one.sent.map(
          (proof) =>
            `  - ${proof.channel}${proof.language === null ? '' : ` (${proof.language})`}: ${proof.status}${proof.outOn === null ? '' : `, ${proof.outOn}`}${proof.proof === null ? '' : `; ${proof.proof}`}`,
        ),
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', `## ${title}`, '', ...(lines.length === 0 ? ['- none'] : lines)];
}

function spell(from: IsoDate | null, to: IsoDate | null): string {
  const since = from === null ? 'since before these records' : `from ${shortDate(from)}`;
  return to === null ? since : `${since} to ${shortDate(to)}`;
}

function said(text: string | null): string {
  return text === null || text === '' ? '' : `. ${text}`;
}

function orderLine(order: CaseOrder): string {
  const kept = order.brokenBy === null ? 'no breach on record' : `broken on ${shortDate(order.brokenBy)}`;
  return `- Order of ${shortDate(order.on)}: back at school from ${shortDate(order.returnDate)}; ${order.findings} Services: ${order.services.join('; ') || 'none named'}; ${kept}`;
}
