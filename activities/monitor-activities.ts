/** What a monitor asks of the records: one write a wake-up, with what its officer and school are told, and what is known. */
import { shortDate } from '../domain/dates.ts';
import { BACK_WORDS, KIND_WORDS } from '../domain/monitor/view.ts';
import { ONLY_SEQUENCE, type DepartmentLetterKind } from '../domain/department-letters.ts';
import { mailsContract } from '../domain/monitor/asks.ts';
import type { MonitorEntry } from '../domain/monitor/entries.ts';
import type { MonitorState } from '../domain/monitor/state.ts';
import type { Db } from '../db/connect.ts';
import type { NewMessage } from '../db/stores/call-messages.ts';
import { attendanceSince, monitorByNumber, recordMonitor, type MonitorTold } from '../db/stores/monitors.ts';
import { officeToday } from '../db/stores/office.ts';
import type { JournalEntry } from '../db/stores/progress.ts';
import { stepKeyOf, type DecidedLetter } from '../db/stores/steps.ts';
import type { NewTask } from '../db/stores/tasks.ts';
import type { MonitorActivities, MonitorProgress, NumberedMonitorEntry } from './ports.ts';

export function createMonitorActivities({ db }: { readonly db: Db }): MonitorActivities {
  return {
    async recordMonitorProgress(progress: MonitorProgress): Promise<readonly string[]> {
      const { state, view, entries, lastFact } = progress;
      return recordMonitor(db, {
        number: state.number,
        runId: progress.runId,
        runStartedAt: progress.runStartedAt,
        seq: state.seq,
        entries: entries.map(journalEntry),
        projection: { state, view, lastFact },
        columns: {
          school: state.school,
          status: state.ended ? 'ended' : 'open',
          officer: state.officer,
          startsOn: view.from,
          stopsOn: view.to,
          standing: view.stage,
          headline: view.headline,
          actionBy: view.actionBy,
          nextDeadline: view.nextDeadline,
          breaches: view.breaches,
          flags: view.breaches > 0 ? ['monitor-broken'] : [],
          endedOn: state.ended?.on ?? null,
          endedHow: state.ended?.result ?? null,
        },
        tasks: entries.flatMap((one) => tasksFor(state, one)),
        tasksOver: entries.flatMap(({ entry }) => overBy(entry)),
        messages: entries.flatMap((one) => messagesFor(state, one)),
        letters: entries.flatMap(({ entry }) => (mailsContract(state, entry) ? [contractOf(state)] : [])),
        lettersOver: state.ended ? [stepKeyOf(state.number, CONTRACT, ONLY_SEQUENCE)] : [],
      });
    },

    async readMonitorDay(number) {
      const row = await monitorByNumber(db, number);
      if (!row) throw new Error(`there is no monitor ${number}`);
      const officeDate = await officeToday(db);
      return { officeDate, ...(await attendanceSince(db, row.studentId, row.contractOn)) };
    },
  };
}

const CONTRACT = 'monitor-contract' satisfies DepartmentLetterKind;

/** It leaves at once: day 1 is the next school day. */
function contractOf({ number, contractOn }: MonitorState): DecidedLetter {
  return {
    ...{ caseNumber: number, kind: CONTRACT, sequence: ONLY_SEQUENCE },
    ...{ decidedOn: contractOn, sendOn: contractOn },
  };
}

function journalEntry({ seq, entry }: NumberedMonitorEntry): JournalEntry {
  const { type, on, actor, commandId, ...data } = entry;
  return {
    ...{ seq, type, data },
    officeDate: on,
    at: new Date().toISOString(),
    commandId: commandId ?? null,
    actor: actor?.id ?? 'monitor',
    role: actor?.role ?? 'monitor',
    invented: actor?.invented ?? false,
  };
}

/** Officer and school are told at once of what breaks a contract, of what takes a breach back, and of its end; each once. */
function tasksFor(state: MonitorState, { seq, entry }: NumberedMonitorEntry): NewTask[] {
  const told = toldOf(entry);
  if (told === null) return [];
  const { textCode, roles, details } = told;
  return roles.map((role) => {
    const sentence = sentenceFor(state, entry, role);
    return {
      key: `${state.number}/${entry.type}/${seq}/${role}`,
      kind: 'monitor',
      textCode,
      role,
      school: state.school,
      caseNumber: state.number,
      createdOn: entry.on,
      details: {
        ...{ monitor: state.number, officer: state.officer, ...details },
        ...(sentence === null ? {} : { sentence }),
      },
    };
  });
}

/**
 * The family has a contract with dates that no longer hold. Nobody is mailed a second one by itself: the officer, who knows
 * whether snow closes a school again tomorrow, says it and hands over the contract as it stands.
 */
function sentenceFor({ number }: MonitorState, entry: MonitorEntry, role: string): string | null {
  if (entry.type !== 'date-moved') return null;
  const { from, to } = entry;
  const was = from === null ? '' : ` from ${shortDate(from)}`;
  if (to === null) {
    return `The stop date${was} is not known any more: the school’s calendar ends before it; import the calendar that follows.`;
  }
  const moved = `The stop date moved${was} to ${shortDate(to)}`;
  return role === 'attendance-officer'
    ? `${moved}: tell the family. monitor show --monitor ${number} --pdf FILE draws the contract with the dates of now.`
    : `${moved}; the officer tells the family.`;
}

/** Of several moves one date is told, the latest; of a monitor that has ended none, and nothing that it waited for. */
function overBy(entry: MonitorEntry): MonitorTold['tasksOver'] {
  if (entry.type === 'monitor-ended') {
    return [STOP_MOVED, WAITS].map((textCode) => ({ textCode, note: 'the monitor has ended' }));
  }
  // Said again where a changed calendar lets it look anew.
  if (entry.type === 'waits-for-attendance') return [{ textCode: WAITS, note: 'it still waits' }];
  return entry.type === 'date-moved' && entry.which === 'stop'
    ? [{ textCode: STOP_MOVED, note: 'it moved again' }]
    : [];
}

const STOP_MOVED = 'MONITOR_STOP_MOVED';
const WAITS = 'MONITOR_WAITS_FOR_ATTENDANCE';

/** By e-mail, or the officer's own channel, at once: a day that breaks the contract, and what takes it back. */
function messagesFor(state: MonitorState, { seq, entry }: NumberedMonitorEntry): NewMessage[] {
  if (entry.type !== 'breach-found' && entry.type !== 'breach-taken-back') return [];
  const { number, school, officer } = state;
  const broken = entry.type === 'breach-found';
  const about = {
    ...{ call: number, school, date: entry.date },
    what: broken ? `${KIND_WORDS[entry.kind]} (${entry.code})` : BACK_WORDS[entry.why],
  };
  const to: readonly [string, NewMessage['to']][] = [
    ['officer', { officer }],
    ['school', { school, function: 'attendance-clerk' }],
  ];
  return to.map(([whom, addressee]) => ({
    key: `${number}/${entry.type}/${seq}/${whom}`,
    kind: broken ? 'monitor-broken' : 'monitor-taken-back',
    to: addressee,
    details: about,
  }));
}

const BOTH = ['attendance-officer', 'school'] as const;

function toldOf(entry: MonitorEntry): {
  readonly textCode: string;
  readonly roles: readonly string[];
  readonly details: Record<string, string | number | null>;
} | null {
  switch (entry.type) {
    case 'breach-found':
      return {
        textCode: 'MONITOR_BROKEN',
        roles: BOTH,
        details: { date: entry.date, kind: entry.kind, code: entry.code },
      };
    case 'breach-taken-back':
      return {
        textCode: 'MONITOR_BREACH_TAKEN_BACK',
        roles: BOTH,
        details: { date: entry.date, why: entry.why },
      };
    case 'date-moved':
      return entry.which === 'stop'
        ? { textCode: STOP_MOVED, roles: BOTH, details: { from: entry.from, to: entry.to } }
        : null;
    case 'waits-for-attendance':
      return {
        textCode: WAITS,
        roles: BOTH,
        details: { knownUpTo: entry.knownUpTo },
      };
    case 'monitor-ended':
      return {
        textCode: `MONITOR_ENDED_${entry.result
          .replace(/^ended-/, '')
          .toUpperCase()
          .replace(/-/g, '_')}`,
        roles: BOTH,
        details: { breaches: entry.breaches },
      };
    default:
      return null;
  }
}
