/** What leaves the house asks first: it shows the child, the count, and who gets what, how and when. */
import { createInterface } from 'node:readline/promises';
import { PARKED_WORDS } from '../../domain/case/rules.ts';
import type { ParkReason } from '../../domain/case/state.ts';
import { LETTER_NAMES } from '../../domain/case/view.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { Slot } from '../../domain/docket.ts';
import { counted } from '../../domain/words.ts';
import type { Preview, Step } from '../services/preview.ts';
import type { DecisionAnswer } from '../services/decisions.ts';
import { part, type ApiSource } from './api-source.ts';
import { CliError, EXIT, type Output } from './frame.ts';
import type { Doing } from './verb.ts';

export interface Subject {
  readonly student?: string | undefined;
  readonly case?: string | undefined;
}

/** What every verb of a case may be given. */
export interface OfCase {
  readonly case: string;
  readonly id?: string;
  readonly yes?: boolean;
}

/** `first-notice/2` → its kind and number; without a number the latest of its kind. */
export function letterOf(text: string): { letter: string; sequence?: number } {
  const [letter = '', number, ...rest] = text.split('/');
  if (rest.length > 0 || (number !== undefined && !/^[1-9]\d{0,3}$/.test(number))) {
    throw new InputFault(
      'BAD_LETTER',
      'is no letter of a case; write first-notice, or first-notice/2',
      '--letter',
    );
  }
  return number === undefined ? { letter } : { letter, sequence: Number(number) };
}

/** Asks the server for a decision and says what came of it. */
export async function decide(
  { api, out }: Doing,
  number: string,
  route: string,
  body: object,
): Promise<void> {
  const answer = await api.post<DecisionAnswer>(`cases/${part(number)}/${route}`, body);
  out.result(answer, decisionText(answer));
}

/** Shows what would leave and waits for a yes; gives what was shown, or null where nothing was (`--yes`, no letter). */
export async function askFirst(
  api: ApiSource,
  out: Output,
  subject: Subject,
  step: Step,
  yes: boolean | undefined,
  wish: Readonly<Record<string, string | undefined>> = {},
): Promise<Preview | null> {
  if (yes === true) return null;
  const { student, case: number } = subject;
  const seen = await api.get<Preview>('preview', { ...wish, student, case: number, step });
  if (seen.letter === null) return null;
  await confirmed(out, previewText(seen));
  return seen;
}

/** Shows what would leave and waits for a yes. */
export async function confirmed(out: Output, what: string): Promise<void> {
  out.note(what);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CliError(
      'CONFIRMATION_NEEDED',
      'this lets a letter leave; add --yes to say that it shall',
      EXIT.badInput,
    );
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question('Go ahead? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new CliError('NOT_CONFIRMED', 'nothing was done', EXIT.other);
    }
  } finally {
    ask.close();
  }
}

export function previewText(seen: Preview): string {
  const letter = seen.letter === null ? 'letter' : LETTER_NAMES[seen.letter];
  const known =
    seen.knownUpTo === null
      ? 'attendance not known yet'
      : `attendance known up to ${shortDate(seen.knownUpTo)}`;
  return [
    `Student  ${seen.name} (${seen.student}), born ${seen.birthDate === null ? 'not on record' : shortDate(seen.birthDate)}`,
    `Count    ${counted(seen.unexcusedDays, 'unexcused day')} (a hearing needs ${seen.threshold}); ${known}`,
    ...seen.countNotes.map((note) => `Look     ${note}`),
    ...(seen.hearing ? [`Hearing  ${hourText(seen.hearing)}`] : []),
    `Letter   ${letter}, ${leavesText(seen.leavesOn, seen.parked)}${seen.practice ? ' (PRACTICE: to nobody but this office)' : ''}`,
    ...(seen.letter === 'state-attorney-referral'
      ? ['To       the State’s Attorney of the county']
      : seen.blocked === null
        ? seen.to.map((one) => `To       ${one.name} (${one.relation}), ${how(one)}`)
        : [`To       NOBODY: ${seen.blocked}; the letter will wait for a person`]),
    ...seen.missing.map((one) => `Missing  ${one}`),
  ].join('\n');
}

function hourText({ date, time, place }: Slot): string {
  return `${shortDate(date)}, ${time}, ${place}`;
}

/** When a letter leaves, or why it does not. */
function leavesText(on: IsoDate, parked: ParkReason | null | undefined): string {
  return parked ? `does not leave now: ${PARKED_WORDS[parked]}` : `leaves on ${shortDate(on)}`;
}

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

export function how(one: { channel: 'email' | 'print'; language: string; assumed: boolean }): string {
  const channel = one.channel === 'email' ? 'by e-mail' : 'printed and posted';
  return `${channel}, in ${LANGUAGES.of(one.language) ?? one.language}${one.assumed ? '; legal recipient assumed' : ''}`;
}

/** Case number, what leaves when to whom, the earliest next step, what the school does now. */
export function decisionText(answer: DecisionAnswer): string {
  const { letter } = answer;
  return [
    `${answer.done}`,
    `Case     ${answer.caseNumber} (${answer.stage})`,
    ...(answer.hearing ? [`Hearing  ${hourText(answer.hearing)}`] : []),
    ...(letter
      ? [
          `Letter   ${LETTER_NAMES[letter.kind]}, ${leavesText(letter.sendOn, letter.parked)}`,
          ...(letter.blocked === null
            ? letter.to.map((one) => `To       ${how(one)}`)
            : [`To       NOBODY: ${letter.blocked}; a person is asked`]),
        ]
      : []),
    `Next     ${answer.next}`,
    ...(answer.notes ?? []).map((note) => `Note     ${note}`),
    ...(answer.stale ? ['(Lists show this in a moment.)'] : []),
  ].join('\n');
}
