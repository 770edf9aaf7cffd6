/** What leaves the house asks first: it shows the child, the count, and who gets what, how and when. */
import { createInterface } from 'node:readline/promises';
import { LETTER_NAMES } from '../../domain/case/view.ts';
import { shortDate } from '../../domain/dates.ts';
import type { Preview, Step } from '../services/preview.ts';
import type { DecisionAnswer } from '../services/decisions.ts';
import type { ApiSource } from './api-source.ts';
import { CliError, EXIT, type Output } from './frame.ts';

export interface Subject {
  readonly student?: string | undefined;
  readonly case?: string | undefined;
}

export async function askFirst(
  api: ApiSource,
  out: Output,
  subject: Subject,
  step: Step,
  yes: boolean | undefined,
): Promise<void> {
  if (yes === true) return;
  const seen = await api.get<Preview>('preview', { student: subject.student, case: subject.case, step });
  if (seen.letter === null) return;
  out.note(previewText(seen));
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
    `Count    ${seen.unexcusedDays} unexcused days (a hearing needs ${seen.threshold}); ${known}`,
    `Letter   ${letter}, leaves on ${shortDate(seen.leavesOn)}${seen.practice ? ' (PRACTICE: to nobody but this office)' : ''}`,
    ...(seen.letter === 'state-attorney-referral'
      ? ['To       the State’s Attorney of the county']
      : seen.blocked === null
        ? seen.to.map((one) => `To       ${one.name} (${one.relation}), ${how(one)}`)
        : [`To       NOBODY: ${seen.blocked}; the letter will wait for a person`]),
  ].join('\n');
}

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

function how(one: { channel: 'email' | 'print'; language: string; assumed: boolean }): string {
  const channel = one.channel === 'email' ? 'by e-mail' : 'printed and posted';
  return `${channel}, in ${LANGUAGES.of(one.language) ?? one.language}${one.assumed ? '; legal recipient assumed' : ''}`;
}

/** Case number, what leaves when to whom, the earliest next step, what the school does now. */
export function decisionText(answer: DecisionAnswer): string {
  const { letter } = answer;
  return [
    `${answer.done}`,
    `Case     ${answer.caseNumber} (${answer.stage})`,
    ...(letter
      ? [
          `Letter   ${LETTER_NAMES[letter.kind]}, leaves on ${shortDate(letter.sendOn)}`,
          ...(letter.blocked === null
            ? letter.to.map((one) => `To       ${how(one)}`)
            : [`To       NOBODY: ${letter.blocked}; a person is asked`]),
        ]
      : []),
    `Next     ${answer.next}`,
    ...(answer.stale ? ['(Lists show this in a moment.)'] : []),
  ].join('\n');
}
