/** Letters awaiting approval as people read them: the letter's key, then its evidence. */
import { LETTER_NAMES } from '../../domain/case/view.ts';
import { shortDate } from '../../domain/dates.ts';
import { counted } from '../../domain/words.ts';
import type { ShownApproval } from '../services/decisions.ts';

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

export function queueText(letters: readonly ShownApproval[]): string {
  if (letters.length === 0) return 'No letter waits for approval.';
  return letters.map(letterText).join('\n\n');
}

function letterText(one: ShownApproval): string {
  const { shown, student } = one;
  const born =
    student.birthDate === null ? 'birth date not on record' : `born ${shortDate(student.birthDate)}`;
  const known =
    shown.count.knownUpTo === null ? 'no attendance yet' : `known up to ${shortDate(shown.count.knownUpTo)}`;
  return [
    `${one.case}/${one.letter}/${one.sequence}@${one.evidence}`,
    `Letter   ${LETTER_NAMES[one.letter]}${one.practice ? ' (PRACTICE: to nobody but this office)' : ''}`,
    `Waits    ${stateText(one)}`,
    `Student  ${student.name} (${student.sisId}), ${born}; ${one.school}`,
    `Count    ${counted(shown.count.days, 'unexcused day')} as of ${shortDate(shown.count.asOf)}; ${known}`,
    ...(shown.absences.length === 0
      ? []
      : [
          `Absent   ${shown.absences.map(({ date, fraction }) => `${shortDate(date)}${fraction === 1 ? '' : ` (${fraction})`}`).join(', ')}`,
        ]),
    ...shown.notes.map((note) => `Look     ${note}`),
    ...one.changed.map(
      ({ date, before, now }) =>
        `Changed  ${shortDate(date)} counts ${now}, not ${before} as when it was asked`,
    ),
    ...(shown.interventions.length === 0
      ? []
      : [`Done     ${shown.interventions.map(({ date, kind }) => `${shortDate(date)} ${kind}`).join(', ')}`]),
    ...(shown.hearing === null
      ? []
      : [`Hearing  ${shortDate(shown.hearing.date)}, ${shown.hearing.time}, ${shown.hearing.place}`]),
    ...(shown.blocked === null
      ? shown.to.map(
          ({ name, channel, language, assumed }) =>
            `To       ${name}, ${channel === 'email' ? 'by e-mail' : 'printed and posted'}, in ${LANGUAGES.of(language) ?? language}${assumed ? '; legal recipient assumed' : ''}`,
        )
      : [`To       NOBODY: ${shown.blocked}`]),
    ...one.copies.flatMap(({ to, text, missing }) => [
      '',
      ...(missing === null ? [text ?? ''] : [`The copy ${to} cannot be written: ${missing}`]),
    ]),
  ].join('\n');
}

function stateText({ status, since, role, escalatedTo, note, yours }: ShownApproval): string {
  const who = yours ? 'for you' : `for the ${(escalatedTo ?? role).replaceAll('-', ' ')}`;
  const because = note === null ? '' : ` (${note})`;
  switch (status) {
    case 'asked':
      return `${who} since ${shortDate(since)}${because}`;
    case 'withheld':
      return `withheld on ${shortDate(since)}${because}`;
    case 'returned':
      return `returned on ${shortDate(since)}${because}`;
    case 'approved':
      return `approved on ${shortDate(since)}`;
  }
}
