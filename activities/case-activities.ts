/** What a case asks of the records: one write a wake-up, and what day it is. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Entry } from '../domain/case/entries.ts';
import { isRole } from '../domain/access.ts';
import { named } from '../domain/case/questions.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { Db } from '../db/connect.ts';
import { cases, outbox } from '../db/schema/index.ts';
import { coverageOfStudent } from '../db/stores/coverage.ts';
import { officeToday } from '../db/stores/office.ts';
import { recordProgress, type JournalEntry, type StepDecided } from '../db/stores/progress.ts';
import { stepKeyOf } from '../db/stores/steps.ts';
import { userById } from '../db/stores/users.ts';
import { taskChanges } from './case-tasks.ts';
import type { CaseActivities, CaseProgress, NumberedEntry, OfficeDay } from './ports.ts';

export function createCaseActivities({ db }: { readonly db: Db }): CaseActivities {
  return {
    async recordCaseProgress(progress: CaseProgress): Promise<void> {
      const { state, view, entries } = progress;
      const made = entries.map(({ entry }) => entry);
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
        steps: stepsOf(state, made),
        ...hearingAfter(state, made),
        ...taskChanges(state, entries, await rolesOfOwners(db, made)),
      });
    },

    async readOfficeDay(caseNumber: string): Promise<OfficeDay> {
      const officeDate = await officeToday(db);
      const [row] = await db
        .select({ studentId: cases.studentId })
        .from(cases)
        .where(eq(cases.number, caseNumber));
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
        coverage: row ? await coverageOfStudent(db, row.studentId) : [],
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

/** The steps whose letters these entries decide, keep in the house, let go or take back; a step keeps what it was decided on. */
function stepsOf(state: CaseState, entries: readonly Entry[]): StepDecided[] {
  const steps: StepDecided[] = [];
  for (const entry of entries) {
    if (entry.type === 'letter-decided') {
      const { kind, sequence, on: decidedOn, sendOn } = entry;
      const { actor: _actor, ...basis } = basisOf(entry, entries);
      const key = stepKeyOf(state.caseNumber, kind, sequence);
      steps.push({ key, kind, sequence, decidedOn, sendOn, basis, parked: entry.parked ?? null });
    }
    const changes =
      entry.type === 'letter-parked' ||
      entry.type === 'letter-rescheduled' ||
      entry.type === 'letter-withdrawn';
    const letter = changes ? named(state, entry) : undefined;
    if (!changes || !letter) continue;
    const { kind, sequence, decidedOn } = letter;
    const key = stepKeyOf(state.caseNumber, kind, sequence);
    const step = { key, kind, sequence, decidedOn, sendOn: letter.sendOn, basis: {}, parked: letter.parked };
    if (entry.type === 'letter-parked') steps.push({ ...step, parked: entry.why });
    if (entry.type === 'letter-rescheduled') {
      steps.push({ ...step, sendOn: entry.sendOn, parked: null, unblocked: true });
    }
    if (entry.type === 'letter-withdrawn') steps.push({ ...step, withdrawn: true });
  }
  return steps;
}

/** Entries after which the hour on the docket is another, or free. */
const CHANGES_THE_HEARING: ReadonlySet<Entry['type']> = new Set<Entry['type']>([
  'hearing-scheduled',
  'hearing-moved',
  'hearing-continued',
  'hearing-cancelled',
  'hearing-withdrawn',
  'hearing-recorded',
  'brought-from-paper',
  'case-closed',
]);

function hearingAfter(
  state: CaseState,
  entries: readonly Entry[],
): { readonly hearing?: CaseState['hearing'] } {
  if (!entries.some(({ type }) => CHANGES_THE_HEARING.has(type))) return {};
  const over = state.closed !== null && state.hearing?.status === 'scheduled';
  return { hearing: over ? null : state.hearing };
}

/** A hold comes back to its owner's worklist: a role's own, or that of the role of a person. */
async function rolesOfOwners(db: Db, entries: readonly Entry[]): Promise<(owner: string) => string> {
  const owners = entries.flatMap((entry) => (entry.type === 'hold-expired' ? [entry.owner] : []));
  const roles = new Map<string, string>();
  for (const owner of owners) {
    const user = isRole(owner) ? undefined : await userById(db, owner);
    roles.set(owner, user?.role ?? (isRole(owner) ? owner : 'case-manager'));
  }
  return (owner) => roles.get(owner) ?? 'case-manager';
}

/** What a letter was decided on: the decision of the same command, or what the office's policy settled by itself. */
function basisOf(letter: Entry, entries: readonly Entry[]): Entry {
  const others = entries.filter((entry) => entry !== letter && entry.type !== 'caseload-placed');
  const basis =
    letter.commandId === undefined
      ? others.slice(0, entries.indexOf(letter)).findLast((entry) => entry.type === 'question-settled')
      : others.find((entry) => entry.commandId === letter.commandId);
  return basis ?? letter;
}
