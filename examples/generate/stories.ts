/**
 * The students whose attendance tells something, one story each. All others have an ordinary year or two.
 * The office lives through 2025-26; what is dated before is in its records already.
 */
import type { IsoDate } from '../../domain/dates.ts';

export type Kind =
  'unexcused' | 'excused' | 'ill' | 'tardy' | 'unknown' | 'homebound' | 'suspended' | 'unmapped';

/** Absences spread over the school days of a stretch. */
export interface Stretch {
  readonly kind: Kind;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly times: number;
  /** Part of the day; 1 unless said otherwise. */
  readonly fraction?: number;
}

export interface Story {
  /** What it shows. */
  readonly shows: string;
  readonly school: 'MAPLE-HS' | 'MAPLE-MS';
  readonly stretches: readonly Stretch[];
  /** Marks on single days, school day or not. */
  readonly single?: readonly { readonly date: IsoDate; readonly kind: Kind; readonly fraction?: number }[];
  /** The first unexcused row stands twice in the file. */
  readonly doubled?: boolean;
  readonly family?: Family;
}

export type Family =
  | 'two-homes'
  | 'no-email'
  | 'spanish'
  | 'no-contact-order'
  | 'of-age'
  | 'nobody-usable'
  | 'no-address'
  | 'one-home-two-letters';

const unexcused = (from: IsoDate, to: IsoDate, times: number, fraction?: number): Stretch => ({
  kind: 'unexcused',
  from,
  to,
  times,
  ...(fraction === undefined ? {} : { fraction }),
});

const SNOW_DAY = { date: '2026-01-26', kind: 'unexcused' } as const;

export const STORIES: readonly Story[] = [
  {
    shows: 'every step of the ladder up to the State’s Attorney: the order is broken',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-08-20', '2026-03-20', 30)],
  },
  {
    shows: 'the same at the other school, with two homes that each get their letters',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-09-03', '2026-04-30', 32)],
    family: 'two-homes',
  },
  {
    shows: 'an order that is kept: after 45 clean days the Case Manager is asked',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-08-18', '2025-10-17', 12)],
    family: 'no-email',
  },
  {
    shows: '8.5 days after the third notice: no hearing',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-09-02', '2025-11-14', 6), unexcused('2025-11-17', '2026-02-20', 5, 0.5)],
  },
  {
    shows: 'exactly 9.0 days, with halves: a hearing',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-09-02', '2025-11-14', 6), unexcused('2025-11-17', '2026-03-13', 6, 0.5)],
  },
  {
    shows: 'half days alone: 18 of them are 9.0',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-09-08', '2026-04-24', 18, 0.5)],
  },
  {
    shows: 'nine thirds and quarters of a day: many absences, few days',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-09-08', '2026-02-27', 12, 0.25)],
  },
  {
    shows: 'a quiet close: a bad start, then 45 covered school days without an unexcused absence',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-08-19', '2025-09-26', 5)],
  },
  {
    shows: 'a quiet close before any referral, and a new case in spring that links to it',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-08-25', '2025-08-29', 2), unexcused('2026-02-03', '2026-05-15', 7)],
    family: 'spanish',
  },
  {
    shows: 'over the threshold with last autumn’s days, which then leave the window',
    school: 'MAPLE-HS',
    stretches: [unexcused('2024-09-16', '2024-10-31', 7), unexcused('2025-08-18', '2025-09-05', 3)],
  },
  {
    shows: 'last spring’s days still count in autumn: nothing resets in August',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-03-03', '2025-05-16', 8), unexcused('2025-08-20', '2025-11-21', 12)],
    family: 'spanish',
  },
  {
    shows: 'many tardies, kept apart: no case',
    school: 'MAPLE-HS',
    stretches: [{ kind: 'tardy', from: '2025-08-18', to: '2026-05-15', times: 30, fraction: 0.1 }],
  },
  {
    shows: 'a long illness: valid cause, no case',
    school: 'MAPLE-HS',
    stretches: [{ kind: 'ill', from: '2025-10-01', to: '2025-12-05', times: 18 }],
  },
  {
    shows: 'a code nobody has mapped: reported, never counted',
    school: 'MAPLE-MS',
    stretches: [
      { kind: 'unmapped', from: '2025-09-15', to: '2025-10-17', times: 6 },
      unexcused('2025-10-20', '2025-11-21', 2),
    ],
  },
  {
    shows: 'a mark on a Sunday and one on Thanksgiving: no school, no count',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-09-08', '2025-12-12', 4)],
    single: [
      { date: '2025-10-05', kind: 'unexcused' },
      { date: '2025-11-27', kind: 'unexcused' },
    ],
  },
  {
    shows: 'two marks on one day: together never more than the day, the excused part first',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-09-08', '2025-11-07', 4)],
    single: [
      { date: '2025-11-13', kind: 'unexcused' },
      { date: '2025-11-13', kind: 'excused', fraction: 0.5 },
    ],
  },
  {
    shows: 'a row that was sent twice counts once',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-10-06', '2025-12-12', 5)],
    doubled: true,
  },
  {
    shows: 'one parent under a no-contact order: the letters go to the other',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-09-04', '2025-12-18', 8)],
    family: 'no-contact-order',
  },
  {
    shows: 'a student of 18 gets the letters in person',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-09-10', '2026-02-27', 9)],
    family: 'of-age',
  },
  {
    shows: 'nobody may get a letter: it is held back and a person is asked',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-09-10', '2025-12-05', 6)],
    family: 'nobody-usable',
  },
  {
    shows: 'a mother without any address: the letter is held back',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-10-01', '2025-12-12', 4)],
    family: 'no-address',
  },
  {
    shows: 'both parents in one home without e-mail: one printed letter to both by name',
    school: 'MAPLE-HS',
    stretches: [unexcused('2025-09-15', '2026-01-16', 7)],
    family: 'one-home-two-letters',
  },
  {
    shows:
      'third referral and caseload, then improvement: the Case Manager is asked, nobody is closed by the clock',
    school: 'MAPLE-MS',
    stretches: [unexcused('2025-08-18', '2025-11-21', 9)],
  },
  {
    shows: 'marks on the snow day: taken in the morning, worth nothing once school is closed',
    school: 'MAPLE-HS',
    stretches: [unexcused('2026-01-06', '2026-01-23', 3), unexcused('2026-02-02', '2026-05-08', 7)],
    single: [SNOW_DAY],
  },
  {
    shows: 'a case that begins in the last weeks of the year',
    school: 'MAPLE-MS',
    stretches: [unexcused('2026-04-13', '2026-05-20', 7)],
  },
  {
    shows: 'absent, unknown reason: kept apart until the school knows',
    school: 'MAPLE-MS',
    stretches: [
      { kind: 'unknown', from: '2025-09-02', to: '2025-12-12', times: 8 },
      unexcused('2026-01-12', '2026-02-20', 3),
    ],
    single: [SNOW_DAY],
  },
  {
    shows: 'homebound and suspended days: not unexcused',
    school: 'MAPLE-HS',
    stretches: [
      { kind: 'homebound', from: '2025-11-03', to: '2025-11-21', times: 10 },
      { kind: 'suspended', from: '2026-02-17', to: '2026-02-20', times: 3 },
      unexcused('2026-03-02', '2026-04-24', 4),
    ],
    single: [SNOW_DAY],
  },
];
