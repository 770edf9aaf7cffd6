/** English, as written in Illinois. Dates are spelled out here: no host language, no host zone. */
import { weekday } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { LetterWords } from './language.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const number = (value: number): string => String(Math.round(value * 100) / 100);

function plainDate(date: IsoDate): string {
  const [year, month, day] = date.split('-');
  return `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}`;
}

function time(text: string): string {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  const minutes = String(minute).padStart(2, '0');
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'a.m.' : 'p.m.'}`;
}

export const english: LetterWords = {
  tag: 'en-US',
  longDate: (date) => `${WEEKDAYS[weekday(date) - 1]}, ${plainDate(date)}`,
  plainDate,
  time,
  atTime: (text) => `at ${time(text)}`,
  number,
  days: (value) => (number(value) === '1' ? '1 day' : `${number(value)} days`),
  list(items) {
    const last = items.at(-1) ?? '';
    return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
  },
  noticeName: {
    'first-notice': 'First notice',
    'second-notice': 'Second notice',
    'third-notice': 'Third notice',
    'caseload-invitation': 'Invitation to meet the Case Manager',
    'improvement-plan': 'Attendance improvement plan',
    'hearing-notice': 'Hearing notice',
    'hearing-moved': 'Letter on the new date of the hearing',
    'hearing-cancelled': 'Letter that the hearing is off',
    order: 'Order after the hearing',
    'state-attorney-referral': 'Referral to the State’s Attorney',
    'closing-thanks': 'Letter that the case is closed',
    correction: 'Correction letter',
    withdrawal: 'Withdrawal letter',
    'monitor-contract': '20-Day Monitor contract',
    'door-note': 'Note left at the door',
    'address-findings': 'Findings on an address',
  },
  letterName: {
    'first-notice': 'first notice',
    'second-notice': 'second notice',
    'third-notice': 'third notice',
    'caseload-invitation': 'invitation to meet the Case Manager',
    'improvement-plan': 'attendance improvement plan',
    'hearing-notice': 'hearing notice',
    'hearing-moved': 'letter on the new date of the hearing',
    'hearing-cancelled': 'letter that the hearing is off',
    order: 'order after the hearing',
    'state-attorney-referral': 'referral to the State’s Attorney',
    'closing-thanks': 'letter that the case is closed',
    correction: 'correction letter',
    withdrawal: 'withdrawal letter',
    'monitor-contract': '20-Day Monitor contract',
    'door-note': 'note left at the door',
    'address-findings': 'findings on an address',
  },
  channelName: { email: 'by e-mail', print: 'by mail', hand: 'by hand' },
  page: (page, of) => `Page ${page} of ${of}`,
  caseLabel: 'Case',
  numberLabel: 'No.',
  practiceBanner: 'PRACTICE – this is not a real letter. Nothing needs to be done.',
  practiceSubject: 'PRACTICE: ',
  copy: 'COPY',
  supplied: (text) => text,
};
