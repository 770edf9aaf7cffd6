/**
 * The Case Manager's caseload: asked of its workflow, read from the records. A refusal changes nothing; no answer means that
 * it may still take effect, and the same id gets it.
 */
import { randomUUID } from 'node:crypto';
import { indexCalendar } from '../../domain/calendar.ts';
import type { CommandBase } from '../../domain/case/commands.ts';
import type { CaseloadCommand } from '../../domain/caseload/commands.ts';
import type { CaseloadAnswer } from '../../domain/caseload/decide.ts';
import { dayOf } from '../../domain/caseload/deadlines.ts';
import type { AgencyReferral, CaseloadState, Plan, Review } from '../../domain/caseload/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import {
  caseloadJournalOf,
  caseloadOf,
  listCaseloads,
  waitForCaseload,
  type ListedCaseload,
} from '../../db/stores/caseloads.ts';
import type { CaseRow } from '../../db/stores/cases.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { OutOfReach, Refused, Unknown } from '../failures.ts';
import { relayCase } from '../relay.ts';
import { stateOf } from './cases.ts';
import { contactsFor, type ContactShown } from './contacts.ts';
import { actorOf, allow, audited, caseFor, schoolFor, todayOf, type Call } from './context.ts';
import type { WithId } from './decisions.ts';

type Bare<C> = C extends CaseloadCommand ? Omit<C, keyof CommandBase> : never;
/** What the Case Manager records, as the caller gives it. */
export type CaseloadWish = WithId & Bare<CaseloadCommand>;

export interface CaseloadAnswered extends CaseloadAnswer {
  /** The lists have not caught up with this answer yet. */
  readonly stale: boolean;
}

export async function workCaseload(
  call: Call,
  number: string,
  { id, ...bare }: CaseloadWish,
): Promise<CaseloadAnswered> {
  allow(call, 'caseload.work');
  const { db } = call;
  const { row } = await caseFor(call, db, number);
  const sequence = await sequenceOf(call, row);
  const command = {
    ...bare,
    id: id ?? randomUUID(),
    officeDate: await todayOf(db),
    actor: actorOf(call),
  } as CaseloadCommand;
  const told = await relayCase(db, call.caseClient, number);
  if (told.failed > 0) {
    throw new OutOfReach(
      `The case is out of reach, so nothing was recorded. Repeat it later with the same id (${command.id}).`,
    );
  }
  const answer = await call.caseClient.caseloads
    .execute(number, sequence, command, call.caseClient.expiry())
    .catch(async (error: unknown) => {
      if (error instanceof Refused) {
        await audited(db, call, `${command.type}.refused`, `case ${number}`, { code: error.refusal.code });
      }
      throw error;
    });
  const reached = await waitForCaseload(db, number, sequence, answer.seq);
  await audited(db, call, command.type, `case ${number}`, { commandId: command.id, seq: answer.seq });
  return { ...answer, stale: !reached };
}

/** The caseload the student is on, or was on last. */
async function sequenceOf(call: Call, row: CaseRow): Promise<number> {
  const sequence =
    stateOf(row)?.caseload?.sequence ?? (await caseloadOf(call.db, row.number))?.sequence ?? null;
  if (sequence === null) {
    throw new Refused(
      refusal(
        'NOT_ON_CASELOAD',
        `The student of case ${row.number} is not on the caseload; place them first.`,
      ),
    );
  }
  return sequence;
}

type Dated<T> = T & {
  /** Null where nothing is asked, or the calendar is not known so far. */
  readonly day: IsoDate | null;
};

export interface CaseloadShown {
  readonly caseNumber: string;
  readonly student: string;
  readonly school: string;
  readonly sequence: number;
  readonly status: 'open' | 'ended';
  readonly standing: string;
  readonly next: string;
  readonly nextDeadline: IsoDate | null;
  readonly placedOn: IsoDate;
  readonly why: CaseloadState['why'];
  readonly reason: CaseloadState['reason'];
  readonly ended: CaseloadState['ended'];
  readonly meetings: CaseloadState['meetings'];
  /** The latest last. */
  readonly plans: readonly Plan[];
  readonly reviews: readonly Dated<Review>[];
  readonly agencies: readonly Dated<AgencyReferral>[];
  /** The Case Manager's tries to reach the family in this case; not part of the caseload, but of its picture. */
  readonly contacts: readonly ContactShown[];
  readonly journal: readonly {
    readonly seq: number;
    readonly on: IsoDate;
    readonly type: string;
    readonly by: string;
    readonly invented: boolean;
    readonly data: JsonObject;
  }[];
}

export async function showCaseload(call: Call, number: string, sequence?: number): Promise<CaseloadShown> {
  allow(call, 'case.read');
  const { db } = call;
  const { row: found, student } = await caseFor(call, db, number);
  const row = await caseloadOf(db, number, sequence);
  if (!row) {
    throw new Unknown(
      'UNKNOWN_CASELOAD',
      stateOf(found)?.caseload
        ? 'The student is on the caseload; its first entry is on its way.'
        : sequence === undefined
          ? `The student of case ${number} has not been on the caseload.`
          : `The student of case ${number} has not been on the caseload ${sequence} times.`,
    );
  }
  const [journal, contacts] = [
    await caseloadJournalOf(db, number, row.sequence),
    await contactsFor(call, number),
  ];
  await audited(db, call, 'caseload.read', `case ${number}`);
  const state = row.projection as unknown as CaseloadState;
  const cal = indexCalendar(state.calendar);
  return {
    caseNumber: number,
    student: student.sisId,
    school: row.school,
    sequence: row.sequence,
    status: row.status,
    standing: row.standing,
    next: row.headline,
    nextDeadline: row.nextDeadline,
    placedOn: row.placedOn,
    why: state.why,
    reason: state.reason,
    ended: state.ended,
    meetings: state.meetings,
    plans: state.plans,
    reviews: state.reviews.map((one) => ({ ...one, day: dayOf(one.on, cal) })),
    agencies: state.agencies.map((one) => ({ ...one, day: one.followUp && dayOf(one.followUp.on, cal) })),
    contacts,
    journal: journal.map((entry) => ({
      seq: entry.seq,
      on: entry.officeDate,
      type: entry.type,
      by: entry.role === 'caseload' ? 'the caseload' : `${entry.role} ${entry.actor}`,
      invented: entry.invented,
      data: entry.data,
    })),
  };
}

export interface CaseloadListFilter {
  readonly school?: string | undefined;
  readonly status?: 'open' | 'ended' | 'any' | undefined;
  readonly due?: IsoDate | undefined;
  readonly limit?: number | undefined;
}

/** Who is on the caseload, the nearest deadline first. */
export async function caseloadsFor(call: Call, filter: CaseloadListFilter): Promise<ListedCaseload[]> {
  allow(call, 'case.read');
  if (filter.school !== undefined) await schoolFor(call, call.db, filter.school);
  return listCaseloads(call.db, {
    schools: filter.school === undefined ? call.caller.schools : [filter.school],
    status: filter.status ?? 'open',
    due: filter.due,
    limit: filter.limit ?? 500,
  });
}
