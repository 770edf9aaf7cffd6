/** The fold: what each journal entry does to the state. No judgement here; that is decide.ts. */
import { later } from '../dates.ts';
import type { MonitorEntry } from './entries.ts';
import type { MonitorState } from './state.ts';

export function evolveAll(state: MonitorState, entries: readonly MonitorEntry[]): MonitorState {
  return entries.reduce(evolve, state);
}

export function evolve(before: MonitorState, entry: MonitorEntry): MonitorState {
  const state: MonitorState = { ...before, seq: before.seq + 1, today: later(entry.on, before.today) };
  switch (entry.type) {
    case 'monitor-begun':
    case 'message-dropped':
    case 'date-moved':
      return state;
    case 'attendance-known':
      return { ...state, marks: entry.marks, coverage: entry.coverage };
    case 'breach-found': {
      const { date, kind, code, on } = entry;
      return { ...state, breaches: [...state.breaches, { date, kind, code, foundOn: on, takenBack: null }] };
    }
    case 'breach-taken-back':
      return {
        ...state,
        breaches: state.breaches.map((one) =>
          one.date === entry.date && one.takenBack === null
            ? { ...one, takenBack: { on: entry.on, why: entry.why } }
            : one,
        ),
      };
    case 'calendar-changed':
      return { ...state, calendar: entry.calendar, waitsForAttendance: false };
    case 'school-changed':
      return { ...state, school: entry.to };
    case 'waits-for-attendance':
      return { ...state, waitsForAttendance: true };
    case 'contract-signed':
      return { ...state, signatures: [...state.signatures, { by: entry.by, on: entry.date }] };
    case 'officer-changed':
      return { ...state, officer: entry.to };
    case 'monitor-ended': {
      const { on, result, breaches, reason } = entry;
      return { ...state, waitsForAttendance: false, ended: { on, result, breaches, reason } };
    }
  }
}
