/** What a service call asks of the records: one write a wake-up, who goes, and what day it is. */
import { indexCalendar, isSchoolDay } from '../domain/calendar.ts';
import { localOf } from '../domain/office-clock.ts';
import { sendsFindings } from '../domain/calls/asks.ts';
import { ONLY_SEQUENCE, type DepartmentLetterKind } from '../domain/department-letters.ts';
import type { CallEntry } from '../domain/calls/entries.ts';
import { askAgainMs } from '../domain/calls/deadlines.ts';
import { secondOffer, type CallState } from '../domain/calls/state.ts';
import { callsOf } from '../domain/office-policy.ts';
import type { Db } from '../db/connect.ts';
import { dispatch } from '../db/stores/dispatch.ts';
import { getOffice, officeToday } from '../db/stores/office.ts';
import { policyVersion } from '../db/stores/policies.ts';
import { recordCall, type CallEffect, type CallJournalEntry } from '../db/stores/service-calls.ts';
import { tryAgain } from './failures.ts';
import type { CallActivities, CallProgress, NumberedCallEntry } from './ports.ts';

export function createCallActivities({ db }: { readonly db: Db }): CallActivities {
  return {
    async recordCallProgress(progress: CallProgress): Promise<readonly string[]> {
      const { state, view, entries, lastFact } = progress;
      return recordCall(db, {
        callNumber: state.callNumber,
        runId: progress.runId,
        runStartedAt: progress.runStartedAt,
        seq: state.seq,
        entries: entries.map(journalEntry),
        projection: { ...state, lastFact },
        student: state.student,
        columns: {
          status: state.closed ? 'closed' : 'open',
          stage: view.stage,
          school: state.school,
          seeking: view.seeking,
          pair: state.pair === true && state.wanted,
          goesFrom: state.goesFrom,
          headline: view.headline,
          actionBy: view.actionBy,
          nextDeadline: view.nextDeadline,
          flags: [...view.flags],
          officer: state.officer,
          outcome: state.closed?.outcome ?? null,
          closedAt: state.closed?.at ?? null,
          closedOn: state.closed?.on ?? null,
        },
        effects: entries.flatMap(({ entry, seq }) => effectsOf(state, entry, seq)),
      });
    },

    async dispatchOfficers({ at }): Promise<number> {
      const office = await getOffice(db);
      const rules = office && (await policyVersion(db, office.policyName, office.policyVersion))?.rules;
      const calls = rules ? callsOf(rules) : null;
      if (!office || !calls) throw tryAgain('NO_CALL_POLICY', 'the office has no rules of service calls');
      const clock = office.drivenClock ?? { kind: 'real' as const, offsets: [] };
      const offered = await dispatch(db, {
        at,
        officeDate: await officeToday(db),
        askAgainMs: askAgainMs(clock, calls),
      });
      return offered.length;
    },

    async readCallDay() {
      return { officeDate: await officeToday(db) };
    },
  };
}

function findingsLetter({ callNumber }: CallState, { on }: CallEntry): CallEffect {
  const kind: DepartmentLetterKind = 'address-findings';
  return { letter: { caseNumber: callNumber, kind, sequence: ONLY_SEQUENCE, decidedOn: on, sendOn: on } };
}

/** By the calendar of its school; of a school nobody knows yet, nothing is said. */
function isWithoutSchool(state: CallState, at: string): boolean {
  if (state.school === null || state.calendar.terms.length === 0) return false;
  return !isSchoolDay(indexCalendar(state.calendar), localOf(state.clock, Date.parse(at)).date);
}

function journalEntry({ seq, entry }: NumberedCallEntry): CallJournalEntry {
  const { type, on, at, happenedAt, actor, commandId, ...data } = entry;
  return {
    ...{ seq, type, at, data },
    officeDate: on,
    happenedAt: happenedAt ?? null,
    commandId: commandId ?? null,
    actor: actor?.id ?? 'call',
    role: actor?.role ?? 'call',
    invented: actor?.invented ?? false,
  };
}

/** What an entry changes beside journal and projection: offers, visits, notes, worklists, and who is told. */
function effectsOf(state: CallState, entry: CallEntry, seq: number): CallEffect[] {
  const { callNumber, school } = state;
  const when = entry.happenedAt ?? entry.at;
  const label = state.policy.kinds[state.kind].label;
  const about = { call: callNumber, what: label, school };
  const task = (
    part: string,
    role: string,
    textCode: string,
    details: Readonly<Record<string, unknown>> = {},
  ): CallEffect => ({
    task: {
      key: `${callNumber}/${part}`,
      kind: 'service-call',
      caseNumber: callNumber,
      school,
      role,
      textCode,
      createdOn: entry.on,
      details: { kind: state.kind, ...details },
    },
  });
  const mail = (
    part: string,
    kind: string,
    to: Extract<CallEffect, { message: unknown }>['message']['to'],
    details: Readonly<Record<string, unknown>> = about,
  ): CallEffect => ({ message: { key: `${callNumber}/${part}`, kind, to, details } });
  const over = (part: string, why: string): CallEffect => ({ endFrom: `${callNumber}/${part}`, why });
  const toSchool = (part: string, kind: string, fn = 'attendance-clerk'): CallEffect[] =>
    school === null ? [] : [mail(part, kind, { school, function: fn })];

  switch (entry.type) {
    case 'offer-made':
      return [
        {
          message: {
            ...{ key: `${callNumber}/offer/${entry.nth}`, kind: 'offer', to: { officer: entry.officer } },
            details: { ...about, ...(entry.part === 2 ? { second: true } : {}) },
          },
        },
      ];
    case 'offer-accepted':
      if (state.offers.find((one) => one.nth === entry.nth)?.part === 2) {
        return [
          { offer: entry.nth, status: 'accepted', at: entry.at, reason: null },
          over(`offer/${entry.nth}/`, 'the officer goes along'),
          over('pair/', 'a second officer goes along'),
        ];
      }
      return [
        { offer: entry.nth, status: 'accepted', at: entry.at, reason: null },
        ...(state.pair === true && secondOffer(state)?.status !== 'accepted'
          ? [task(`pair/${entry.nth}`, 'dispatcher', 'FIND_A_SECOND_OFFICER', { officer: entry.officer })]
          : []),
        over(`offer/${entry.nth}/`, 'an officer has the call'),
        over('alert/', 'an officer has the call'),
        over('untaken', 'an officer has the call'),
      ];
    case 'offer-ended':
      return [
        { offer: entry.nth, status: entry.how, at: entry.at, reason: entry.reason },
        over(`offer/${entry.nth}/`, `the offer is over: ${entry.how}`),
        over(`pair/${entry.nth}`, `the offer is over: ${entry.how}`),
      ];
    case 'pair-waived':
      return [over('pair/', 'one officer goes alone')];
    case 'dispatcher-alerted':
      return [
        over('alert/', 'alerted again'),
        task(`alert/${entry.times}`, 'dispatcher', 'NOBODY_HAS_THIS_POLICE_CALL', { times: entry.times }),
        mail(`alert/${entry.times}`, 'alert', { dispatcher: true }),
      ];
    case 'school-told':
      return [
        task('untaken', 'school', 'NO_OFFICER_HAS_TAKEN_THE_CALL_YET'),
        ...toSchool('untaken', 'untaken'),
      ];
    case 'visit-started':
      return [
        {
          departure: entry.nth,
          officer: entry.officer,
          at: when,
          expectedBackAt: entry.expectedBackAt,
          noSchool: isWithoutSchool(state, when),
        },
      ];
    case 'arrived':
      return [{ arrival: entry.nth, at: when }];
    case 'left':
      return [{ back: entry.nth, at: when }, over('overdue/', 'the officer is back')];
    case 'visit-overdue':
      return [
        { overdue: entry.nth, at: entry.at },
        task(`overdue/${entry.nth}`, 'dispatcher', 'OFFICER_IS_OVERDUE', { officer: entry.officer }),
        mail(`overdue/${entry.nth}`, 'overdue', { dispatcher: true }, { ...about, officer: entry.officer }),
        { alarm: `${callNumber}/overdue/${entry.nth}`, about: { ...about, officer: entry.officer } },
      ];
    case 'step-asked':
      return entry.step === 'ask-ct'
        ? [
            task('ask-ct', 'school', 'MARK_THE_STUDENT', { code: state.policy.codes.confirmedTruant }),
            ...toSchool('ask-ct', 'ask-ct'),
            {
              lookForMark: state.policy.codes.confirmedTruant,
              from: state.openedOn,
              officeDate: entry.on,
            },
          ]
        : [
            task('counselor', 'counselor', 'MEET_THE_STUDENT'),
            ...toSchool('counselor', 'counselor', 'counselor'),
          ];
    case 'step-reminded':
      return entry.step === 'ask-ct'
        ? toSchool(`ask-ct/again-${entry.on}`, 'ask-ct')
        : toSchool(`counselor/again-${entry.on}`, 'counselor', 'counselor');
    case 'step-done':
      return [
        ...(entry.step === 'ask-ct' ? [over('ask-ct', 'the mark has arrived')] : []),
        ...(entry.step === 'connect-counselor' ? [over('counselor', 'the counselor has answered')] : []),
        // The officer found otherwise than the school said: the school looks at its own records.
        ...(entry.result === 'contradicted'
          ? [
              task(`contradicted/${entry.step}`, 'school', 'THE_OFFICER_FOUND_OTHERWISE', {
                step: entry.step,
              }),
            ]
          : []),
        ...(entry.result === 'address-not-confirmed' ? [{ addressNotConfirmed: true as const }] : []),
        ...(entry.step === 'report-findings'
          ? [
              task('findings', 'school', 'READ_THE_FINDINGS', { finding: entry.result }),
              ...(sendsFindings(state, entry)
                ? [findingsLetter(state, entry)]
                : toSchool('findings', 'findings')),
            ]
          : []),
        ...(entry.step === 'log-note' && entry.note !== null
          ? [
              {
                note: entry.note,
                kind: 'action',
                id: `${callNumber}/note/${seq}`,
                date: entry.on,
                cause: { actor: entry.actor?.id ?? 'call', role: entry.actor?.role ?? 'call', at: entry.at },
              },
            ]
          : []),
      ];
    case 'step-waived':
      return [
        ...(entry.step === 'ask-ct' ? [over('ask-ct', 'waived')] : []),
        ...(entry.step === 'connect-counselor' ? [over('counselor', 'waived')] : []),
      ];
    case 'call-closed':
      return [
        over('offer/', 'the call is closed'),
        over('alert/', 'the call is closed'),
        over('untaken', 'the call is closed'),
        over('overdue/', 'the call is closed'),
        over('pair/', 'the call is closed'),
        over('ask-ct', 'the call is closed'),
        over('counselor', 'the call is closed'),
        ...(entry.outcome === 'no-officer'
          ? [task('no-officer', 'school', 'NO_OFFICER_COULD_COME'), ...toSchool('no-officer', 'no-officer')]
          : []),
      ];
    case 'student-identified':
      return [over('which-student', 'the student is known')];
    default:
      return [];
  }
}
