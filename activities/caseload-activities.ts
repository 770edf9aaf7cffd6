/** What a caseload asks of the records: one write a wake-up, and what day it is. */
import type { CaseloadEvent } from '../domain/case/entries.ts';
import type { CaseloadEntry } from '../domain/caseload/entries.ts';
import type { CaseloadState } from '../domain/caseload/state.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { Db } from '../db/connect.ts';
import {
  isCalendarOnItsWay,
  recordCaseload,
  type CaseloadReport,
  type CaseloadWork,
} from '../db/stores/caseloads.ts';
import { officeToday } from '../db/stores/office.ts';
import type { JournalEntry } from '../db/stores/progress.ts';
import type { CaseloadActivities, CaseloadDay, CaseloadProgress, NumberedCaseloadEntry } from './ports.ts';

export function createCaseloadActivities({ db }: { readonly db: Db }): CaseloadActivities {
  return {
    async recordCaseloadProgress(progress: CaseloadProgress): Promise<void> {
      const { state, view, entries } = progress;
      const { caseNumber, sequence, school, placedOn } = state;
      await recordCaseload(db, {
        ...{ caseNumber, sequence },
        runId: progress.runId,
        runStartedAt: progress.runStartedAt,
        seq: state.seq,
        entries: entries.map(journalEntry),
        projection: { ...state },
        columns: {
          ...{ school, placedOn },
          status: state.ended ? 'ended' : 'open',
          standing: view.standing,
          headline: view.headline,
          nextDeadline: view.nextDeadline,
          endedOn: state.ended?.on ?? null,
          endedHow: state.ended?.how ?? null,
        },
        reports: entries.flatMap(({ entry }) => reportsOf(state, entry)),
        work: entries.flatMap((one) => [...tasksEndedBy(state, one.entry), ...tasksFor(state, one)]),
      });
    },

    async readCaseloadDay(caseNumber: string): Promise<CaseloadDay> {
      return {
        officeDate: await officeToday(db),
        calendarOnItsWay: await isCalendarOnItsWay(db, caseNumber),
      };
    },
  };
}

function journalEntry({ seq, entry }: NumberedCaseloadEntry): JournalEntry {
  const { type, on, actor, commandId, ...data } = entry;
  return {
    ...{ seq, type, data },
    officeDate: on,
    at: new Date().toISOString(),
    commandId: commandId ?? null,
    actor: actor?.id ?? 'caseload',
    role: actor?.role ?? 'caseload',
    invented: actor?.invented ?? false,
  };
}

/** What the case is told: the services its certificate is made from, and that the caseload ended. */
function reportsOf(state: CaseloadState, entry: CaseloadEntry): CaseloadReport[] {
  const told = (event: CaseloadEvent, date: IsoDate, agency: string | null = null): CaseloadReport => ({
    id: `caseload/${state.sequence}/${entry.commandId ?? entry.type}/${event}`,
    payload: {
      ...{ type: 'caseload', event, date, agency, sequence: state.sequence },
      officeDate: entry.on,
      ...(entry.actor ? { actor: entry.actor } : {}),
    },
  });
  switch (entry.type) {
    case 'meeting-recorded':
      if (entry.outcome !== 'met') return [told('meeting-tried', entry.date)];
      return [
        ...(entry.with === 'parent' ? [] : [told('student-met', entry.date)]),
        ...(entry.with === 'student' ? [] : [told('parent-met', entry.date)]),
      ];
    case 'plan-made':
      return [told('plan-made', entry.date)];
    case 'plan-shared':
      return [told('plan-shared', entry.date)];
    case 'agency-referred':
      return [told('agency-referred', entry.date, entry.agency)];
    case 'caseload-ended':
      // The case that ended it knows.
      return entry.how === 'case-ended' ? [] : [told('ended', entry.on)];
    default:
      return [];
  }
}

/** What the Case Manager must do because of an entry; told once. */
function tasksFor(state: CaseloadState, { seq, entry }: NumberedCaseloadEntry): CaseloadWork[] {
  const task = (kind: string, textCode: string, id?: string): CaseloadWork[] => [
    {
      add: {
        ...{ kind, textCode },
        key: `${keysFrom(state, kind, id ?? 'all')}${seq}`,
        role: 'case-manager',
        school: state.school,
        caseNumber: state.caseNumber,
        createdOn: entry.on,
        details: { caseload: state.sequence, ...(id === undefined ? {} : { id }) },
      },
    },
  ];
  switch (entry.type) {
    case 'caseload-begun':
      return task('caseload', 'MEET_FAMILY_AND_MAKE_A_PLAN');
    case 'review-due':
      return task('plan-review', 'REVIEW_THE_PLAN', entry.id);
    case 'follow-up-due':
      return task('agency-follow-up', 'FOLLOW_UP_WITH_AGENCY', entry.id);
    default:
      return [];
  }
}

/** What nobody needs to do any more. */
function tasksEndedBy(state: CaseloadState, entry: CaseloadEntry): CaseloadWork[] {
  const over = (note: string, ...rest: readonly string[]): CaseloadWork => ({
    endFrom: keysFrom(state, ...rest),
    note,
  });
  switch (entry.type) {
    case 'plan-made':
      return [over('the plan was made', 'caseload'), over('the plan was revised', 'plan-review')];
    case 'review-held':
      return [over('the review was held', 'plan-review')];
    case 'follow-up-recorded':
      return [over('the follow-up is recorded', 'agency-follow-up', entry.id)];
    case 'deadline-moved':
      return [
        over(
          'its day lies ahead again',
          entry.deadline === 'review' ? 'plan-review' : 'agency-follow-up',
          entry.id,
        ),
      ];
    case 'caseload-ended':
      return [over('the student left the caseload')];
    default:
      return [];
  }
}

/** How the keys of these tasks begin: of all of the caseload, of a kind, of one review or agency. */
function keysFrom(state: CaseloadState, ...rest: readonly string[]): string {
  return [state.caseNumber, `caseload-${state.sequence}`, ...rest, ''].join('/');
}
