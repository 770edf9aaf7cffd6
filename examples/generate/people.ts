/** Invented students and their adults. Addresses under .example, numbers in the range kept for fiction. */
import type { IsoDate } from '../../domain/dates.ts';
import type { Chance } from './chance.ts';
import { STORIES, type Family, type Story } from './stories.ts';

export interface Student {
  readonly id: string;
  readonly school: 'MAPLE-HS' | 'MAPLE-MS';
  readonly first: string;
  readonly last: string;
  readonly birthDate: IsoDate;
  readonly grade: number;
  readonly story: Story | null;
}

/** One row of guardians.csv, by its columns. */
export type GuardianRow = Readonly<Record<(typeof GUARDIAN_COLUMNS)[number], string>>;

export const GUARDIAN_COLUMNS = [
  'guardian_id',
  'student_id',
  'first_name',
  'last_name',
  'relation',
  'legal_recipient',
  'lives_with',
  'primary',
  'no_contact',
  'language',
  'email',
  'phone_mobile',
  'phone_home',
  'address1',
  'city',
  'state',
  'zip',
] as const;

const FIRST = (
  'Ada Alma Anders Beatriz Bram Calla Cyrus Dela Edda Elio Esme Fenno Flora Galen Greta Hale Ilsa Ivo Jarek Joss ' +
  'Juna Kei Lark Leda Linus Maren Milo Nadia Nico Odell Oona Orrin Petra Quill Rafa Rhea Rosa Sable Soren Suri ' +
  'Tamsin Teo Uma Vera Wren Xavi Yara Zeno'
).split(' ');
const LAST = (
  'Abernant Amberly Birchwell Brandel Calderas Corvane Dunmarsh Eastlake Fennimore Garrowby Hollister Ilvane Jessamy ' +
  'Kestrel Lindqvale Marlowe Nettleby Oakhurst Pellerin Quintrell Ravenel Saltmarsh Thornby Underhay Vasquero Westerly ' +
  'Yarrow Zellander'
).split(' ');
const STREETS = [
  'Orchard Lane',
  'Mill Street',
  'Prairie Avenue',
  'Depot Road',
  'Sycamore Court',
  'Elm Terrace',
];

const STUDENTS_PER_SCHOOL = { 'MAPLE-HS': 68, 'MAPLE-MS': 52 } as const;

export function students(random: Chance): Student[] {
  const all: Student[] = [];
  for (const school of ['MAPLE-HS', 'MAPLE-MS'] as const) {
    const stories = STORIES.filter((story) => story.school === school);
    for (let i = 0; i < STUDENTS_PER_SCHOOL[school]; i += 1) {
      const story = stories[i] ?? null;
      const grade =
        story?.family === 'of-age'
          ? 12
          : (school === 'MAPLE-HS' ? 9 : 6) + random.below(school === 'MAPLE-HS' ? 4 : 3);
      // In grade g a child turns g + 6 during the school year's second half of the calendar.
      const year = story?.family === 'of-age' ? 2007 : 2025 - grade - 5;
      const birthDate = `${year}-${two(1 + random.below(story?.family === 'of-age' ? 8 : 12))}-${two(1 + random.below(28))}`;
      all.push({
        id: String(8_100_000 + all.length + 1),
        school,
        first: random.pick(FIRST),
        last: random.pick(LAST),
        birthDate,
        grade,
        story,
      });
    }
  }
  return all;
}

export function guardians(random: Chance, of: readonly Student[]): GuardianRow[] {
  const rows: GuardianRow[] = [];
  for (const student of of) {
    const family = student.story?.family;
    const home = address(random);
    const row = (given: Partial<GuardianRow>): void => {
      const number = rows.length + 1;
      const first = random.pick(FIRST);
      rows.push({
        guardian_id: `G${number}`,
        student_id: student.id,
        first_name: first,
        last_name: student.last,
        relation: 'Mother',
        legal_recipient: 'yes',
        lives_with: 'yes',
        primary: 'no',
        no_contact: 'no',
        language: family === 'spanish' ? 'Spanish' : 'English',
        email: `${first}.${student.last}${number}@family.example`.toLowerCase(),
        phone_mobile: phone(random),
        phone_home: '',
        address1: home,
        city: 'Larkfield',
        state: 'IL',
        zip: '61599',
        ...given,
      });
    };
    FAMILIES[family ?? 'ordinary'](row, random);
  }
  return rows;
}

type AddRow = (given: Partial<GuardianRow>) => void;

const FAMILIES: Readonly<Record<Family | 'ordinary', (row: AddRow, random: Chance) => void>> = {
  ordinary(row, random) {
    // Some sources do not say who is a legal recipient: parents are then assumed to be.
    const legal = random.next() < 0.2 ? '' : 'yes';
    const noEmail = random.next() < 0.35 ? { email: '' } : {};
    row({ primary: 'yes', legal_recipient: legal, ...noEmail });
    if (random.next() < 0.6)
      row({ relation: 'Father', legal_recipient: legal, ...(random.next() < 0.5 ? { email: '' } : {}) });
    if (random.next() < 0.15)
      row({ relation: 'Grandmother', legal_recipient: 'no', lives_with: 'no', address1: address(random) });
  },
  'two-homes'(row, random) {
    row({ primary: 'yes' });
    row({ relation: 'Father', lives_with: 'no', email: '', address1: address(random) });
  },
  'no-email'(row) {
    row({ primary: 'yes', email: '' });
  },
  spanish(row) {
    row({ primary: 'yes' });
    row({ relation: 'Father', email: '' });
  },
  'no-contact-order'(row, random) {
    row({ primary: 'yes' });
    row({ relation: 'Father', lives_with: 'no', no_contact: 'yes', address1: address(random) });
  },
  'of-age'(row) {
    row({ primary: 'yes' });
  },
  'nobody-usable'(row, random) {
    row({ relation: 'Aunt', primary: 'yes', legal_recipient: 'no' });
    row({ relation: 'Father', lives_with: 'no', no_contact: 'yes', address1: address(random) });
  },
  'no-address'(row) {
    row({ primary: 'yes', email: '', address1: '', city: '', state: '', zip: '' });
  },
  'one-home-two-letters'(row) {
    row({ primary: 'yes', email: '' });
    row({ relation: 'Father', email: '' });
  },
};

function address(random: Chance): string {
  return `${100 + random.below(900)} ${random.pick(STREETS)}`;
}

function phone(random: Chance): string {
  return `(309) 555-01${two(random.below(100))}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
