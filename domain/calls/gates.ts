/**
 * What must hold before an officer goes, in the page's words ("When to call Truancy"). Each condition is *shown* by the
 * records, *stated* by the school (accepted; the officer verifies it), or *contradicted* by the records (refused, with what
 * contradicts it). One the school has not spoken of is *missing*: it is asked for, never assumed. A nightly import knows
 * nothing of this morning, so today's absence is stated, never demanded as a mark.
 */
import { normalCode } from '../attendance-codes.ts';
import { isSchoolDay, schoolDays, type CalendarLike } from '../calendar.ts';
import { isCovered, knownUpTo, type Coverage } from '../coverage.ts';
import { shortDate, type IsoDate } from '../dates.ts';

export type Standing = 'shown' | 'stated' | 'contradicted' | 'missing';

export type ConditionCode =
  | 'school-day'
  | 'parent-called-this-morning'
  | 'parent-home'
  | 'auk-run'
  | 'numbers-tried'
  | 'no-parent-reached'
  | 'reason'
  | 'address';

export interface Finding {
  readonly condition: ConditionCode;
  readonly standing: Standing;
  /** One sentence for whoever called: what was found and, where it fails, the mend. No names, no whole numbers. */
  readonly words: string;
  /** What stands behind it; for the caller's own eyes. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface Gate {
  /** An officer goes: nothing contradicted, nothing missing. */
  readonly open: boolean;
  readonly findings: readonly Finding[];
}

export function gateOf(findings: readonly Finding[]): Gate {
  return { open: findings.every((one) => one.standing === 'shown' || one.standing === 'stated'), findings };
}

/** Conditions that only the school has stated: the officer looks at them first. */
export function toVerify(gate: Gate): readonly Finding[] {
  return gate.findings.filter((one) => one.standing === 'stated');
}

// ---------------------------------------------------------------- true refusal

export interface TrueRefusalStated {
  /** Date and local time (`HH:MM`) of the parent's call to the school; undefined where nobody has said. */
  readonly parentCalled?: { readonly date: IsoDate; readonly time: string } | undefined;
  /** A parent will be there to open the door. */
  readonly parentHome?: boolean | undefined;
}

/** Source: the page's note on a true refusal: the parent called that same morning, and should be home to open the door. */
export function trueRefusalGate(
  stated: TrueRefusalStated,
  today: IsoDate,
  cal: CalendarLike,
  /** Local time (`HH:MM`) at the office, where its day is a real one. */
  now?: string,
): Gate {
  const school: Finding = isSchoolDay(cal, today)
    ? { condition: 'school-day', standing: 'shown', words: `${shortDate(today)} is a school day.` }
    : {
        condition: 'school-day',
        standing: 'contradicted',
        words: `There is no school on ${shortDate(today)} by the school’s calendar; a true refusal is for a school day, on that day.`,
      };
  return gateOf([school, calledThisMorning(stated.parentCalled, today, now), parentHome(stated.parentHome)]);
}

function calledThisMorning(
  called: TrueRefusalStated['parentCalled'],
  today: IsoDate,
  now: string | undefined,
): Finding {
  const condition = 'parent-called-this-morning';
  if (!called) {
    return {
      condition,
      standing: 'missing',
      words:
        'Say when the parent called the school to report that the student is at home and refuses to go: it must have been this same morning.',
    };
  }
  const when = `${shortDate(called.date)} at ${called.time}`;
  if (called.date !== today) {
    return {
      condition,
      standing: 'contradicted',
      words: `The parent called on ${when}; a true refusal asks for a call on the same morning, ${shortDate(today)}.`,
      details: { called },
    };
  }
  if (called.time >= '12:00') {
    return {
      condition,
      standing: 'contradicted',
      words: `The parent called at ${called.time}, after the morning was over; a true refusal asks for a call that same morning.`,
      details: { called },
    };
  }
  if (now !== undefined && called.time > now) {
    return {
      condition,
      standing: 'contradicted',
      words: `It is ${now}, and not ${called.time} yet: say when the parent called this morning.`,
      details: { called },
    };
  }
  return { condition, standing: 'stated', words: `The school states that the parent called on ${when}.` };
}

function parentHome(home: boolean | undefined): Finding {
  const condition = 'parent-home';
  if (home === undefined) {
    return { condition, standing: 'missing', words: 'Say whether a parent will be home to open the door.' };
  }
  return home
    ? {
        condition,
        standing: 'stated',
        words: 'The school states that a parent will be home to open the door.',
      }
    : {
        condition,
        standing: 'contradicted',
        words: 'No parent will be home to open the door; an officer goes only where one is.',
      };
}

// ---------------------------------------------------------------- MIA

/** One mark of the student as it stands now. */
export interface GateMark {
  readonly date: IsoDate;
  readonly code: string;
  readonly category: string | null;
  /** Part of the day missed, 0 < fraction ≤ 1. */
  readonly fraction: number;
}

export interface AukRules {
  /** School days in a row. */
  readonly consecutiveDays: number;
  /** The school's code for "absent, reason unknown". */
  readonly unknownReason: string;
}

/** Days in a row marked absent for unknown reason, up to the last school day before today or today itself. */
export interface AukRun {
  /** The first day of the run; null where there is none. */
  readonly from: IsoDate | null;
  /** School days of it shown by marks. */
  readonly shown: readonly IsoDate[];
  /** School days after the last known one, up to today: nothing has arrived of them. */
  readonly notKnown: readonly IsoDate[];
  /** The known school day that ended it from behind, and what stands there. */
  readonly brokenBy: { readonly date: IsoDate; readonly code: string | null } | null;
  /** The look back ended at days of which attendance is not known: the run may have begun earlier. */
  readonly openBehind: boolean;
}

/**
 * Looks back from today. Days of which attendance is not known neither break the run nor make it; a known day breaks it
 * when the student was there, came for part of it, or its absence has been explained.
 */
export function aukRun(
  marks: readonly GateMark[],
  coverage: Coverage,
  cal: CalendarLike,
  today: IsoDate,
  rules: AukRules,
): AukRun {
  const unknownCode = normalCode(rules.unknownReason);
  const isAuk = (one: GateMark) =>
    (normalCode(one.code) === unknownCode || one.category === 'unknown') && one.fraction >= 1;
  const byDate = new Map<IsoDate, GateMark[]>();
  for (const mark of marks) byDate.set(mark.date, [...(byDate.get(mark.date) ?? []), mark]);
  const first = cal && 'schoolDates' in cal ? cal.schoolDates[0] : cal.terms[0]?.from;
  const days = first === undefined ? [] : schoolDays(cal, first, today).reverse();
  const shown: IsoDate[] = [];
  const notKnown: IsoDate[] = [];
  let brokenBy: AukRun['brokenBy'] = null;
  let openBehind = false;
  for (const date of days) {
    const of = byDate.get(date) ?? [];
    if (of.length > 0 && of.every(isAuk)) {
      shown.unshift(date);
      continue;
    }
    // Today's file comes tonight: a day that is not known yet, and today itself, say nothing either way.
    if (of.length === 0 && (date === today || !isCovered(coverage, date))) {
      // A silence before any mark of the run ends the look back: nobody can say what those days were.
      openBehind = (shown.length > 0 && date !== today) || notKnown.length > 60;
      if (openBehind) break;
      notKnown.unshift(date);
      continue;
    }
    brokenBy = { date, code: of.find((one) => !isAuk(one))?.code ?? null };
    break;
  }
  return { from: shown[0] ?? null, shown, notKnown, brokenBy, openBehind };
}

/** The run of unknown absences as the gate sees it. `stated` is what the school says: how many days in a row, today among them. */
export function aukFinding(
  run: AukRun,
  statedDays: number | undefined,
  coverage: Coverage,
  rules: AukRules,
): Finding {
  const condition = 'auk-run';
  const need = rules.consecutiveDays;
  const code = rules.unknownReason;
  const known = knownUpTo(coverage);
  const upTo =
    known === null ? 'no attendance has arrived yet' : `attendance is known up to ${shortDate(known)}`;
  const details = { ...run, needed: need, statedDays };
  if (run.shown.length >= need) {
    const from = run.shown[0] ?? '';
    return {
      condition,
      standing: 'shown',
      words: `The records show ${code} on ${run.shown.length} school days in a row, from ${shortDate(from)}; ${upTo}.`,
      details,
    };
  }
  // Even if every day not known yet were one, there would be too few: the records say no.
  if (!run.openBehind && run.shown.length + run.notKnown.length < need) {
    return {
      condition,
      standing: 'contradicted',
      words: `The records show ${code} on ${run.shown.length} school days in a row${brokenWords(run)}; the visit asks for ${need} or more. ${upTo[0]?.toUpperCase()}${upTo.slice(1)}.`,
      details,
    };
  }
  if (statedDays === undefined) {
    return {
      condition,
      standing: 'missing',
      words: `The records show ${code} on ${run.shown.length} school days in a row and ${upTo}; say for how many school days in a row the student has been ${code}.`,
      details,
    };
  }
  if (statedDays < need) {
    return {
      condition,
      standing: 'contradicted',
      words: `The school states ${statedDays} school days in a row as ${code}; the visit asks for ${need} or more.`,
      details,
    };
  }
  if (statedDays > run.shown.length + run.notKnown.length && run.brokenBy !== null) {
    return {
      condition,
      standing: 'contradicted',
      words: `The school states ${statedDays} school days in a row as ${code}, but the records${brokenWords(run)}.`,
      details,
    };
  }
  return {
    condition,
    standing: 'stated',
    words: `The school states ${statedDays} school days in a row as ${code}; the records show ${run.shown.length}, and ${upTo}.`,
    details,
  };
}

function brokenWords({ brokenBy }: AukRun): string {
  if (!brokenBy) return '';
  return brokenBy.code === null
    ? `: on ${shortDate(brokenBy.date)} the student was there`
    : `: on ${shortDate(brokenBy.date)} stands ${brokenBy.code}`;
}

/** A telephone number on file, as the record of an adult has it. */
export interface NumberOnFile {
  readonly number: string;
  /** By function (mother, guardian …), never a name. */
  readonly relation: string;
  readonly household: boolean;
  /** Under a no-contact order: nobody is told to ring it. */
  readonly barred: boolean;
}

export const ATTEMPT_RESULTS = [
  'no-answer',
  'voicemail',
  'busy',
  'disconnected',
  'wrong-number',
  'answered-by-parent',
  'answered-by-other',
] as const;
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number];

/** A try to reach somebody by telephone. */
export interface Attempt {
  readonly number: string;
  readonly date: IsoDate;
  readonly result: AttemptResult;
  /** From the school's Attendance Notes, or a list the caller gave with the call. */
  readonly source: 'records' | 'stated';
}

/** Digits only, without a leading country code: two spellings of one number are one. */
export function sameNumber(number: string): string {
  const digits = number.replace(/\D/g, '');
  return digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
}

/** A number as it may stand in a sentence: its last four digits. */
function masked({ number, relation, household }: NumberOnFile): string {
  return `…${sameNumber(number).slice(-4)} (${relation}, ${household ? 'household' : 'not household'})`;
}

/**
 * An attempt to every number on file since the run began, household and not, none reaching a parent. A disconnected number
 * counts as tried; numbers of barred persons are left out, visibly; no number on file passes, saying so.
 */
export function attemptFindings(
  numbers: readonly NumberOnFile[],
  attempts: readonly Attempt[],
  since: IsoDate | null,
): Finding[] {
  // A number that rings for somebody barred is rung for nobody.
  const barred = new Set(numbers.filter((one) => one.barred).map((one) => sameNumber(one.number)));
  const usable = [
    ...new Map(
      numbers
        .filter((one) => sameNumber(one.number) !== '' && !barred.has(sameNumber(one.number)))
        .map((one) => [sameNumber(one.number), one]),
    ).values(),
  ];
  const leftOut = barred.size;
  const leftOutWords =
    leftOut === 0
      ? ''
      : ` ${leftOut} ${leftOut === 1 ? 'number is' : 'numbers are'} left out: a no-contact order; do not ring ${leftOut === 1 ? 'it' : 'them'}.`;
  const recent = attempts.filter((one) => since === null || one.date >= since);
  return [triedFinding(usable, recent, attempts, since, leftOutWords, leftOut), reachedFinding(recent)];
}

function triedFinding(
  usable: readonly NumberOnFile[],
  recent: readonly Attempt[],
  all: readonly Attempt[],
  since: IsoDate | null,
  leftOutWords: string,
  leftOut: number,
): Finding {
  const condition = 'numbers-tried';
  if (usable.length === 0) {
    return {
      condition,
      standing: 'shown',
      words: `No telephone number is on file that may be rung, so none can be tried.${leftOutWords}`,
      details: { onFile: 0, leftOut },
    };
  }
  const sources = (number: string) =>
    recent.filter((one) => sameNumber(one.number) === sameNumber(number)).map((one) => one.source);
  const untried = usable.filter((one) => sources(one.number).length === 0);
  const days = since === null ? '' : ` since the absences began on ${shortDate(since)}`;
  if (untried.length > 0) {
    const before = all.length > recent.length ? ' Attempts before that day do not count.' : '';
    return {
      condition,
      standing: 'contradicted',
      words: `${untried.length} of ${usable.length} numbers on file have no attempt${days}: ${untried.map(masked).join(', ')}. Try each, and log it in Attendance Notes or give it with the call.${before}${leftOutWords}`,
      details: {
        untried: untried.map(({ number, relation, household }) => ({ number, relation, household })),
        onFile: usable.length,
        leftOut,
      },
    };
  }
  const onlyStated = usable.filter((one) => !sources(one.number).includes('records'));
  return onlyStated.length === 0
    ? {
        condition,
        standing: 'shown',
        words: `Attendance Notes show an attempt to ${usable.length === 1 ? 'the one number' : `each of ${usable.length} numbers`} on file${days}.${leftOutWords}`,
        details: { onFile: usable.length, leftOut },
      }
    : {
        condition,
        standing: 'stated',
        words: `The school states attempts to ${onlyStated.length} of ${usable.length} numbers on file${days}; the others stand in Attendance Notes.${leftOutWords}`,
        details: { onFile: usable.length, stated: onlyStated.length, leftOut },
      };
}

function reachedFinding(recent: readonly Attempt[]): Finding {
  const condition = 'no-parent-reached';
  const reached = recent.filter((one) => one.result === 'answered-by-parent');
  const [last] = reached.toSorted((a, b) => (a.date < b.date ? 1 : -1));
  if (last) {
    return {
      condition,
      standing: 'contradicted',
      words: `${reached.length} ${reached.length === 1 ? 'call was' : 'calls were'} answered by a parent, last on ${shortDate(last.date)}; the school knows whom to ask, so this is no MIA visit.`,
      details: { answered: reached.map(({ date }) => date) },
    };
  }
  const stated = recent.some((one) => one.source === 'stated');
  return stated
    ? { condition, standing: 'stated', words: 'The school states that no parent or guardian was reached.' }
    : { condition, standing: 'shown', words: 'By Attendance Notes no parent or guardian was reached.' };
}

export interface MiaRecords {
  readonly marks: readonly GateMark[];
  readonly coverage: Coverage;
  readonly calendar: CalendarLike;
  readonly numbers: readonly NumberOnFile[];
  readonly attempts: readonly Attempt[];
}

/** Source: the page's MIA row: AUK for five or more days in a row AND no parent reached by all numbers. */
export function miaGate(
  records: MiaRecords,
  statedDays: number | undefined,
  today: IsoDate,
  rules: AukRules,
): Gate {
  const run = aukRun(records.marks, records.coverage, records.calendar, today, rules);
  const auk = aukFinding(run, statedDays, records.coverage, rules);
  // Where the school states more than the records show, the run began so many school days back from today.
  const since =
    run.shown.length >= rules.consecutiveDays
      ? run.from
      : statedBegin(records.calendar, statedDays, today, run);
  return gateOf([auk, ...attemptFindings(records.numbers, records.attempts, since)]);
}

function statedBegin(
  cal: CalendarLike,
  statedDays: number | undefined,
  today: IsoDate,
  run: AukRun,
): IsoDate | null {
  if (statedDays === undefined) return run.from;
  const first = 'schoolDates' in cal ? cal.schoolDates[0] : cal.terms[0]?.from;
  if (first === undefined) return run.from;
  const begin = schoolDays(cal, first, today).at(-statedDays) ?? null;
  return run.from !== null && begin !== null && run.from < begin ? run.from : begin;
}

// ---------------------------------------------------------------- address verification

export interface AddressStated {
  readonly reason?: string | undefined;
  /** Asked for with the reason "other". */
  readonly reasonWords?: string | undefined;
  /** The address to look at; without it the address of record. */
  readonly address?: string | undefined;
}

/** Source: the page's address row: "usually for audits, zoning verification, and returned mail". No other gate. */
export function addressGate(
  stated: AddressStated,
  onRecord: boolean,
  reasons: readonly { readonly code: string; readonly label: string }[],
): Gate {
  const known = reasons.find((one) => one.code === stated.reason);
  const choices = reasons.map((one) => one.code).join(', ');
  const reason: Finding =
    !known || (known.code === 'other' && !stated.reasonWords)
      ? {
          condition: 'reason',
          standing: 'missing',
          words: known
            ? 'Say in words why the address is to be verified.'
            : `Say why the address is to be verified: ${choices}.`,
        }
      : { condition: 'reason', standing: 'stated', words: `The school asks because of: ${known.label}.` };
  const address: Finding = stated.address
    ? { condition: 'address', standing: 'stated', words: 'The school gives the address to look at.' }
    : onRecord
      ? { condition: 'address', standing: 'shown', words: 'The address of record is looked at.' }
      : {
          condition: 'address',
          standing: 'missing',
          words: 'No address is on record for this student; give the address to verify.',
        };
  return gateOf([reason, address]);
}
