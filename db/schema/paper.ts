/** Cases begun on paper: which entry of a file opened them, and the letters sent before this system, with their proof. */
import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { caseNumber, causedBy, isoDate, studentId } from './columns.ts';
import type { NoticeChannel } from './letters.ts';
import { students } from './people.ts';

export const paperCases = pgTable(
  'paper_cases',
  {
    caseNumber: caseNumber()
      .primaryKey()
      .references(() => cases.number),
    studentId: studentId().references(() => students.id),
    /** Over what was entered: the same entry again is no other case. */
    sha256: text('sha256').notNull(),
    note: text('note'),
    ...causedBy(),
  },
  (t) => [uniqueIndex('paper_cases_once').on(t.studentId, t.sha256)],
);

/** Apart from `notices`: nothing that sends, prints or settles letters ever looks here. */
export const paperLetters = pgTable(
  'paper_letters',
  {
    /** `<case>/<kind>/<sequence>/paper`. */
    key: text('key').primaryKey(),
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    kind: text('kind').notNull(),
    sequence: integer('sequence').notNull(),
    sentOn: isoDate('sent_on').notNull(),
    channel: text('channel').$type<NoticeChannel>().notNull(),
    /** In words or as a reference: "certified mail 7020 …". */
    proof: text('proof').notNull(),
    ...causedBy(),
  },
  (t) => [index('paper_letters_by_case').on(t.caseNumber)],
);
