/** What a case asks of the records: one write a wake-up, and what day it is. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Entry } from '../domain/case/entries.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { Db } from '../db/connect.ts';
import { cases, outbox } from '../db/schema/index.ts';
import { coverageOf } from '../db/stores/coverage.ts';
import { officeToday } from '../db/stores/office.ts';
import { recordProgress, type JournalEntry, type StepDecided } from '../db/stores/progress.ts';
import { stepKeyOf } from '../db/stores/steps.ts';
import type { NewTask, TasksOver } from '../db/stores/tasks.ts';
import type { JsonObject } from '../db/schema/columns.ts';
import type { CaseActivities, CaseProgress, NumberedEntry, OfficeDay } from './ports.ts';

export function createCaseActivities({ db }: { readonly db: Db }): CaseActivities {
  return {
    async recordCaseProgress(progress: CaseProgress): Promise<void> {
      const { state, view, entries } = progress;
      await recordProgress(db, {
        caseNumber: progress.caseNumber,
        runId: progress.runId,
        runStartedAt: progress.runStartedAt,
        seq: state.seq,
        entries: entries.map(journalEntry),
        projection: { state, view, lastFact: progress.lastFact },
        columns: {
          status: state.closed ? 'closed' : 'open',
          stage: view.stage,
          actionBy: view.actionBy,
          nextDeadline: view.nextDeadline?.date ?? null,
          unexcused: view.unexcusedDays,
          flags: view.flags,
          closedOn: state.closed?.on ?? null,
          closeReason: state.closed?.reason ?? null,
        },
        steps: stepsOf(
          state,
          entries.map(({ entry }) => entry),
        ),
        tasks: entries.flatMap(({ seq, entry }) => tasksFor(state, seq, entry)),
        tasksOver: entries.flatMap(({ entry }) => tasksEndedBy(entry)),
      });
    },

    async readOfficeDay(caseNumber: string): Promise<OfficeDay> {
      const officeDate = await officeToday(db);
      const [row] = await db.select({ school: cases.school }).from(cases).where(eq(cases.number, caseNumber));
      const [pending] = await db
        .select({ rows: sql<number>`count(*)::int` })
        .from(outbox)
        .where(
          and(
            eq(outbox.caseNumber, caseNumber),
            isNull(outbox.deliveredAt),
            isNull(outbox.undeliverableReason),
          ),
        );
      return {
        officeDate,
        coverage: row ? await coverageOf(db, row.school) : [],
        factsPending: (pending?.rows ?? 0) > 0,
      };
    },
  };
}

function journalEntry({ seq, entry }: NumberedEntry): JournalEntry {
  const { type, on, actor, commandId, ...data } = entry;
  return {
    seq,
    type,
    officeDate: on,
    at: new Date().toISOString(),
    commandId: commandId ?? null,
    actor: actor?.id ?? 'case',
    role: actor?.role ?? 'case',
    invented: actor?.invented ?? false,
    data: data,
  };
}

/** The steps whose letters these entries decide or take back; a step keeps what it was decided on. */
function stepsOf(state: CaseState, entries: readonly Entry[]): StepDecided[] {
  const steps: StepDecided[] = [];
  for (const entry of entries) {
    if (entry.type === 'letter-decided') {
      const { actor: _actor, ...basis } = basisOf(entry, entries);
      steps.push({
        key: stepKeyOf(state.caseNumber, entry.kind, entry.sequence),
        kind: entry.kind,
        sequence: entry.sequence,
        decidedOn: entry.on,
        sendOn: entry.sendOn,
        basis: basis,
      });
    }
    if (entry.type === 'letter-withdrawn') {
      const letter = state.letters.find((one) => one.kind === entry.kind && one.sequence === entry.sequence);
      if (!letter) continue;
      steps.push({
        key: stepKeyOf(state.caseNumber, entry.kind, entry.sequence),
        kind: entry.kind,
        sequence: entry.sequence,
        decidedOn: letter.decidedOn,
        sendOn: letter.sendOn,
        basis: {},
        withdrawn: true,
      });
    }
  }
  return steps;
}

function basisOf(letter: Entry, entries: readonly Entry[]): Entry {
  return (
    entries.find(
      (entry) => entry.commandId === letter.commandId && entry !== letter && entry.type !== 'caseload-placed',
    ) ?? letter
  );
}

/** What nobody needs to do any more: a worklist that keeps it teaches people to ignore the list. */
function tasksEndedBy(entry: Entry): TasksOver[] {
  switch (entry.type) {
    case 'referral-withdrawn':
      return [{ kind: 'contact-family', note: 'the referral was withdrawn' }];
    case 'hearing-recorded':
    case 'hearing-withdrawn':
      return [{ kind: 'record-hearing', note: 'recorded or withdrawn' }];
    case 'order-withdrawn':
      return [{ kind: 'watch-order', note: 'the order was withdrawn' }];
    case 'order-kept-after-correction':
      return [{ kind: 'order-broken', note: 'the absence was corrected' }];
    case 'case-closed':
      return [{ note: 'the case was closed' }];
    default:
      return [];
  }
}

/** What a person must do because of an entry; told once. */
function tasksFor(state: CaseState, seq: number, entry: Entry): NewTask[] {
  const task = (role: string, kind: string, textCode: string, details: JsonObject = {}): NewTask[] => [
    {
      key: `${state.caseNumber}/${seq}/${kind}`,
      kind,
      role,
      textCode,
      school: state.school,
      caseNumber: state.caseNumber,
      createdOn: entry.on,
      details,
    },
  ];
  switch (entry.type) {
    case 'referral-accepted':
      return task('case-manager', 'contact-family', 'CONTACT_THE_FAMILY', { referral: entry.n });
    case 'letter-blocked':
      return task('case-manager', 'recipient', 'NO_USABLE_RECIPIENT', {
        letter: entry.kind,
        code: entry.code,
      });
    case 'hearing-day':
      return task('regional-superintendent', 'record-hearing', 'RECORD_THE_HEARING');
    case 'order-issued':
      return task('school', 'watch-order', 'WATCH_ATTENDANCE_AFTER_ORDER', { returnDate: entry.returnDate });
    case 'order-broken':
      return task('case-manager', 'order-broken', 'ORDER_BROKEN', { date: entry.date });
    case 'closing-asked':
      return task('case-manager', 'closing', 'CLOSE_OR_KEEP', { cleanUpTo: entry.cleanUpTo });
    default:
      return [];
  }
}
