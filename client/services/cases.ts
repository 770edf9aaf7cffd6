/** Cases as the records have them: lists, one case with its journal and letters, and why it stands where it stands. */
import { sql } from 'drizzle-orm';
import { calendarNotes } from '../../domain/calendar-notes.ts';
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { movedSection, type MovedDeadline } from '../../domain/case/moved.ts';
import { whatNext } from '../../domain/case/next-step.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { whyOf } from '../../domain/case/view.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db } from '../../db/connect.ts';
import {
  journalOf,
  listCases,
  type CaseListed,
  type CaseRow,
  type JournalRow,
} from '../../db/stores/cases.ts';
import { rowsOf, asTexts } from '../../db/stores/common.ts';
import { noticesOf, type NoticeListed } from '../../db/stores/notices.ts';
import { paperCaseByNumber, paperLettersOf, type PaperLetterRow } from '../../db/stores/paper.ts';
import { stepsOf, type StepRow } from '../../db/stores/steps.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { allow, audited, caseFor, schoolFor, todayOf, type Call } from './context.ts';
import { mailFactsOf, NO_MAIL, type MailFacts } from './mail-facts.ts';

/** The case's state as its workflow last wrote it; null until the first write. */
export function stateOf(row: Pick<CaseRow, 'projection'>): CaseState | null {
  const kept = row.projection as (CaseState & { state?: CaseState }) | null;
  return kept === null ? null : (kept.state ?? kept);
}

export interface CaseShown {
  readonly caseNumber: string;
  readonly student: string;
  readonly school: string;
  readonly status: 'open' | 'closed';
  readonly stage: string;
  readonly actionBy: string | null;
  readonly nextDeadline: IsoDate | null;
  readonly unexcusedDays: number;
  /** What is missing of the calendar for this count. */
  readonly countNotes: readonly string[];
  readonly flags: readonly string[];
  readonly openedOn: IsoDate;
  readonly closedOn: IsoDate | null;
  readonly closeReason: string | null;
  readonly previousCase: string | null;
  readonly policy: string;
  readonly seq: number;
}

function showCase(row: Omit<CaseListed, 'projection'>, countNotes: readonly string[]): CaseShown {
  return {
    caseNumber: row.number,
    student: row.sisId,
    school: row.school,
    status: row.status,
    stage: row.stage,
    actionBy: row.actionBy,
    nextDeadline: row.nextDeadline,
    unexcusedDays: row.unexcused,
    countNotes,
    flags: row.flags,
    openedOn: row.openedOn,
    closedOn: row.closedOn,
    closeReason: row.closeReason,
    previousCase: row.previousCase,
    policy: `${row.policyName} ${row.policyVersion}`,
    seq: row.seq,
  };
}

export interface CaseListFilter {
  readonly status?: 'open' | 'closed' | 'any' | undefined;
  readonly stage?: string | undefined;
  readonly school?: string | undefined;
  readonly actionBy?: string | undefined;
  readonly due?: IsoDate | undefined;
  readonly flag?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export async function listFor(
  call: Call,
  filter: CaseListFilter,
): Promise<{ cases: CaseShown[]; next: string | null }> {
  allow(call, 'case.read');
  const limit = filter.limit ?? 100;
  const mine = call.caller.schools;
  const schools =
    filter.school === undefined ? mine : mine === null || mine.includes(filter.school) ? [filter.school] : [];
  if (filter.school !== undefined) await schoolFor(call, call.db, filter.school);
  const rows = await listCases(call.db, {
    ...(filter.status === undefined ? {} : { status: filter.status }),
    ...(filter.stage === undefined ? {} : { stage: filter.stage }),
    ...(filter.actionBy === undefined ? {} : { actionBy: filter.actionBy }),
    ...(filter.due === undefined ? {} : { dueBefore: filter.due }),
    ...(filter.flag === undefined ? {} : { flag: filter.flag }),
    ...(filter.after === undefined ? {} : { after: filter.after }),
    schools,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const notes = await notesOnCounts(
    call.db,
    page.map((row) => row.number),
  );
  const cases = page.map((row) => showCase(row, notes.get(row.number) ?? []));
  return { cases, next: rows.length > limit ? (page.at(-1)?.number ?? null) : null };
}

/** What is missing of the calendars behind the counts of a list. */
async function notesOnCounts(
  db: Db,
  caseNumbers: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const rows = await rowsOf<CalendarKept & { number: string }>(
    db,
    sql`
      select number, kept.state ->> 'today' as today, kept.state -> 'calendar' as calendar,
             (kept.state #>> '{policy,counting,windowDays}')::int as "windowDays"
        from cases, lateral (select coalesce(projection -> 'state', projection) as state) kept
       where number = any(${asTexts(caseNumbers)}) and projection is not null`,
  );
  return new Map(rows.map((row) => [row.number, notesOf(row)]));
}

interface CalendarKept {
  readonly today: IsoDate;
  readonly calendar: SchoolCalendar;
  readonly windowDays: number;
}

function notesOf({ today, calendar, windowDays }: CalendarKept): readonly string[] {
  return calendarNotes(calendar, today, windowDays);
}

export interface ChangedCase {
  readonly caseNumber: string;
  readonly student: string;
  readonly school: string;
  readonly status: 'open' | 'closed';
  readonly seq: number;
  readonly state: CaseState | null;
}

/**
 * Cases with their whole state, for whoever follows all of them (the driver of a demo): only those whose sequence is
 * above the one known, by case number.
 */
export async function casesChanged(
  call: Call,
  known: Readonly<Record<string, number>>,
): Promise<ChangedCase[]> {
  allow(call, 'case.read');
  const { schools } = call.caller;
  const rows = await rowsOf<{
    caseNumber: string;
    student: string;
    school: string;
    status: 'open' | 'closed';
    seq: number;
    projection: CaseRow['projection'];
  }>(
    call.db,
    sql`
      select c.number as "caseNumber", s.sis_id as student, c.school, c.status, c.seq, c.projection
        from cases c join students s on s.id = c.student_id
       where c.seq > coalesce((${JSON.stringify(known)}::jsonb ->> c.number)::int, -1)
         ${schools === null ? sql`` : sql`and c.school = any(${asTexts(schools)})`}
       order by c.number`,
  );
  return rows.map(({ projection, ...row }) => ({ ...row, state: stateOf({ projection }) }));
}

export interface WholeCase extends CaseShown {
  readonly state: CaseState | null;
  readonly next: string | null;
  readonly possibleFrom: IsoDate | null;
  /** Deadlines that moved, newest last. */
  readonly moved: readonly MovedDeadline[];
  readonly journal: readonly ShownEntry[];
  readonly letters: readonly ShownStep[];
  readonly notices: readonly ShownNotice[];
  /** Begun on paper: who brought it in, and what they noted. */
  readonly paper: { readonly by: string; readonly at: string; readonly note: string | null } | null;
}

export interface ShownEntry {
  readonly seq: number;
  readonly on: IsoDate;
  readonly type: string;
  readonly by: string;
  readonly invented: boolean;
  readonly data: JournalRow['data'];
}

export type ShownStep = Pick<
  StepRow,
  'key' | 'kind' | 'sequence' | 'status' | 'decidedOn' | 'sendOn' | 'outOn' | 'parked' | 'blockedReason'
>;

export function showStep(step: StepRow): ShownStep {
  const { key, kind, sequence, status, decidedOn, sendOn, outOn, parked, blockedReason } = step;
  return { key, kind, sequence, status, decidedOn, sendOn, outOn, parked, blockedReason };
}

export interface ShownNotice {
  readonly key: string;
  readonly step: string;
  readonly caseNumber: string;
  readonly kind: string;
  readonly channel: string;
  readonly language: string;
  readonly status: string;
  /** Of an e-mail: by it anybody can see whether the mail server has it. */
  readonly messageId: string | null;
  readonly outOn: IsoDate | null;
  readonly practice: boolean;
  readonly failureCode: string | null;
  readonly settledAs: string | null;
  readonly insteadOf: string | null;
  /** The print batch it went in, the number on its envelope, and what became of it in the post. */
  readonly mail: MailFacts;
  /** Sent before this system: its proof, and who entered it when. Null for our own letters. */
  readonly beforeSystem: { readonly proof: string; readonly by: string; readonly at: string } | null;
}

export function showNotice(row: NoticeListed, mail: MailFacts = NO_MAIL): ShownNotice {
  return {
    key: row.key,
    step: row.stepKey,
    caseNumber: row.caseNumber,
    kind: row.kind,
    channel: row.channel,
    language: row.language,
    status: row.status,
    messageId: row.messageId,
    outOn: row.outOn,
    practice: row.practice,
    failureCode: row.failureCode,
    settledAs: row.settledAs,
    insteadOf: row.insteadOf,
    mail,
    beforeSystem: null,
  };
}

export async function showWithMail(db: Db, rows: readonly NoticeListed[]): Promise<ShownNotice[]> {
  const mailOf = await mailFactsOf(
    db,
    rows.map(({ key }) => key),
  );
  return rows.map((row) => showNotice(row, mailOf(row.key)));
}

/** A letter of the paper file among ours: there is no text of it here, and nobody sends or prints it. */
export function showPaperLetter(row: PaperLetterRow): ShownNotice {
  return {
    key: row.key,
    step: `${row.caseNumber}/${row.kind}/${row.sequence}`,
    caseNumber: row.caseNumber,
    kind: row.kind,
    channel: row.channel,
    language: '',
    status: 'before this system',
    messageId: null,
    outOn: row.sentOn,
    practice: false,
    failureCode: null,
    settledAs: null,
    insteadOf: null,
    mail: NO_MAIL,
    beforeSystem: { proof: row.proof, by: `${row.role} ${row.actor}`, at: row.at },
  };
}

export async function showWhole(call: Call, number: string): Promise<WholeCase> {
  allow(call, 'case.read');
  const { row, student } = await caseFor(call, call.db, number);
  const [journal, steps, notices, paper, paperLetters] = await Promise.all([
    journalOf(call.db, number),
    stepsOf(call.db, number),
    noticesOf(call.db, number),
    paperCaseByNumber(call.db, number),
    paperLettersOf(call.db, number),
  ]);
  await audited(call.db, call, 'case.read', `case ${number}`);
  const state = stateOf(row);
  const now = await asOfToday(call.db, row);
  const ahead = now && whatNext(now, indexCalendar(now.calendar));
  return {
    ...showCase({ ...row, sisId: student.sisId }, now ? notesOf({ ...now, ...now.policy.counting }) : []),
    state,
    next: ahead?.next ?? null,
    possibleFrom: ahead?.possibleFrom ?? null,
    moved: movedIn(journal),
    journal: journal.map((entry) => ({
      seq: entry.seq,
      on: entry.officeDate,
      type: entry.type,
      by: entry.role === 'case' ? 'the case' : `${entry.role} ${entry.actor}`,
      invented: entry.invented,
      data: entry.data,
    })),
    letters: steps.map(showStep),
    notices: [...paperLetters.map(showPaperLetter), ...(await showWithMail(call.db, notices))],
    paper: paper ? { by: `${paper.role} ${paper.actor}`, at: paper.at, note: paper.note } : null,
  };
}

function movedIn(journal: readonly JournalRow[]): MovedDeadline[] {
  return journal
    .filter((entry) => entry.type === 'deadline-moved')
    .map(({ officeDate, data }) => {
      const { deadline, from, to, because } = data as unknown as Omit<MovedDeadline, 'on'>;
      return { on: officeDate, deadline, from, to, because };
    });
}

/** In words, from the records: it can be read with Temporal away and after the case has closed. */
export async function whyFor(
  call: Call,
  number: string,
): Promise<{ caseNumber: string; why: string; seq: number }> {
  allow(call, 'case.read');
  const { row } = await caseFor(call, call.db, number);
  const state = await asOfToday(call.db, row);
  const moved = movedSection(movedIn(await journalOf(call.db, number)));
  await audited(call.db, call, 'case.read', `case ${number}`);
  return {
    caseNumber: number,
    seq: row.seq,
    why: state
      ? [whyOf(state, indexCalendar(state.calendar)), ...(moved === '' ? [] : ['', moved])].join('\n')
      : 'The case has been opened in the records; its first steps are on their way (Temporal has not taken it up yet).',
  };
}

/**
 * A case with nothing due is not told each night how far attendance is known: the reader gets the records' word for it,
 * and today's date.
 */
export async function asOfToday(db: Db, row: CaseRow): Promise<CaseState | null> {
  const state = stateOf(row);
  if (state === null || row.status === 'closed') return state;
  const [coverage, today] = [await coverageOfStudent(db, row.studentId), await todayOf(db)];
  return { ...state, coverage, today: today > state.today ? today : state.today };
}

export async function openStateOf(db: Db, call: Call, number: string): Promise<CaseState | null> {
  const { row } = await caseFor(call, db, number);
  return stateOf(row);
}
