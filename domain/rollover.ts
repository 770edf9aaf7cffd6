/**
 * August: a new roster beside the records. Nothing resets; what changed over the summer comes as one list for one yes,
 * and what it means for an open case is a person's to decide (keep or close).
 */
import { indexCalendar, type CalendarLike } from './calendar.ts';
import { daysBetween, type IsoDate } from './dates.ts';
import { refusal, type Refusal } from './refusal.ts';
import { betweenTerms, termBegan } from './terms.ts';

/**
 * `promoted`: another grade or school. `graduated`: in the last grade, and not on the new roster. `not-returned`: not on
 * it, and not in the last grade. `new`: nobody on record goes to school under this number.
 */
export type RolloverKind = 'promoted' | 'graduated' | 'not-returned' | 'new' | 'unchanged';

export const ROLLOVER_KINDS: readonly RolloverKind[] = [
  'promoted',
  'graduated',
  'not-returned',
  'new',
  'unchanged',
];

/** Where somebody goes to school, as one source says it. */
export interface Placement {
  readonly grade: string | null;
  readonly school: string | null;
}

export interface RolloverItem {
  readonly sisId: string;
  readonly kind: RolloverKind;
  /** Null for somebody never seen before. */
  readonly before: Placement | null;
  /** Null for somebody not on the new roster. */
  readonly after: Placement | null;
}

/** A student on record. */
export interface OnRecord {
  readonly sisId: string;
  readonly grade: string | null;
  /** Schools attended now, the latest first; none once they have left. */
  readonly schools: readonly string[];
  /** Whether this roster would name them: one district's says nothing of another's students. */
  readonly expected: boolean;
}

/** A row of the new roster; what it leaves out is as before. */
export interface OnRoster {
  readonly sisId: string;
  readonly grade?: string | undefined;
  readonly school?: string | undefined;
}

/** By number of the student. Of two rows with one number the later holds, as in any roster. */
export function compareRoster(records: readonly OnRecord[], roster: readonly OnRoster[]): RolloverItem[] {
  const known = new Map(records.map((one) => [one.sisId, one]));
  const named = new Map(roster.map((one) => [one.sisId, one]));
  const items = [...named.values()].map((row) => itemOf(known.get(row.sisId), row));
  for (const one of records) {
    const [school] = one.schools;
    if (named.has(one.sisId) || !one.expected || school === undefined) continue;
    const kind = isLastGrade(one.grade) ? 'graduated' : 'not-returned';
    items.push({ sisId: one.sisId, kind, before: { grade: one.grade, school }, after: null });
  }
  return items.sort((a, b) => (a.sisId < b.sisId ? -1 : 1));
}

function itemOf(known: OnRecord | undefined, row: OnRoster): RolloverItem {
  const { sisId } = row;
  const attended = known?.schools ?? [];
  // A second school attended beside the one on the roster is no change of school.
  const stays = row.school === undefined || attended.includes(row.school);
  const school = (stays ? (row.school ?? attended[0]) : row.school) ?? null;
  const after = { grade: row.grade ?? known?.grade ?? null, school };
  if (!known) return { sisId, kind: 'new', before: null, after };
  const before = { grade: known.grade, school: (stays ? school : attended[0]) ?? null };
  if (attended.length === 0) return { sisId, kind: 'new', before: { ...before, school: null }, after };
  const same = stays && (row.grade === undefined || gradeOf(row.grade) === gradeOf(known.grade));
  return { sisId, kind: same ? 'unchanged' : 'promoted', before, after };
}

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
];

/** `9`, `09`, `9th`, `Grade 9`, `Ninth grade` are one grade. */
export function gradeOf(text: string | null): string {
  const words = (text ?? '')
    .toLowerCase()
    .replace(/\b(grade|gr)\b\.?/g, '')
    .trim();
  const spelled = ORDINALS.indexOf(words) + 1;
  if (spelled > 0) return String(spelled);
  const number = /^0*(\d{1,2})(st|nd|rd|th)?$/.exec(words)?.[1];
  return number ?? words;
}

/** After it school is over. */
function isLastGrade(grade: string | null): boolean {
  return gradeOf(grade) === '12';
}

export function countKinds(items: readonly RolloverItem[]): Record<RolloverKind, number> {
  const counts = { promoted: 0, graduated: 0, 'not-returned': 0, new: 0, unchanged: 0 };
  for (const { kind } of items) counts[kind] += 1;
  return counts;
}

/** More than this part of those expected back missing: more likely half a file than half a school. */
const DOUBTFUL_PART = 1 / 3;

/** In a school of fewer students a third is a handful of families who moved. */
const LARGE_SCHOOL = 20;

/** A school of fewer students may well lose all of them; from here on a whole school missing is a file forgotten. */
const SCHOOL_OF = 5;

/**
 * Refuses a roster from which so many are missing that it looks like part of one, with the numbers, until somebody says
 * how many are expected to be missing. Who was in the last grade is not expected back.
 */
export function rosterRefusal(items: readonly RolloverItem[], expectMissing: number): Refusal | null {
  const expected = new Map<string, { expected: number; missing: number }>();
  let missing = 0;
  let total = 0;
  for (const { kind, before } of items) {
    const at = before?.school ?? null;
    if (before === null || at === null || isLastGrade(before.grade)) continue;
    const school = expected.get(at) ?? { expected: 0, missing: 0 };
    expected.set(at, school);
    total += 1;
    school.expected += 1;
    if (kind === 'not-returned') {
      missing += 1;
      school.missing += 1;
    }
  }
  const whole = [...expected]
    .filter(([, one]) => one.missing === one.expected && one.expected >= SCHOOL_OF)
    .map(([school]) => school)
    .sort();
  const half = [...expected]
    .filter(([, one]) => one.expected >= LARGE_SCHOOL && one.missing > one.expected * DOUBTFUL_PART)
    .map(([school]) => school)
    .filter((school) => !whole.includes(school))
    .sort();
  const doubtful = missing > total * DOUBTFUL_PART || whole.length + half.length > 0;
  if (!doubtful || missing <= expectMissing) return null;
  const among = [
    ...(whole.length === 0 ? [] : [`everybody of ${whole.join(', ')}`]),
    ...(half.length === 0 ? [] : [`more than a third of ${half.join(', ')}`]),
  ];
  const schools = among.length === 0 ? '' : `, ${among.join(' and ')} among them`;
  return refusal(
    'ROSTER_LOOKS_INCOMPLETE',
    `Of ${total} students expected back, ${missing} are not on this roster${schools}. If that is right, say so with --expect-missing ${missing}.`,
    { expected: total, missing, schools: [...whole, ...half].sort() },
  );
}

/** What a list suggests for a student's open case. */
export interface CaseSuggestion {
  readonly suggest: 'keep' | 'close';
  /** The reason to close with. */
  readonly reason: 'graduated' | 'not-returned' | null;
}

export function suggestionFor(kind: RolloverKind): CaseSuggestion {
  switch (kind) {
    case 'graduated':
    case 'not-returned':
      return { suggest: 'close', reason: kind };
    case 'promoted':
    case 'new':
    case 'unchanged':
      return { suggest: 'keep', reason: null };
  }
}

/**
 * Whether the Case Manager is asked about an open case for which the list itself changes nothing (a grade repeated, a
 * roster without grades): once a summer, and only about cases from before it. A list in the middle of a year asks nothing.
 * `gapDays`: days without school that are a summer.
 */
export function isAskedUnchanged(
  one: { readonly openedOn: IsoDate; readonly askedOn: IsoDate | null },
  cal: CalendarLike,
  startsOn: IsoDate,
  gapDays: number,
): boolean {
  if (one.askedOn !== null && daysBetween(one.askedOn, startsOn) < ASKED_DAYS) return false;
  const { schoolDates } = indexCalendar(cal);
  if (schoolDates.length === 0 || betweenTerms(cal, startsOn, gapDays) !== null) return true;
  const began = termBegan(cal, startsOn, gapDays);
  return began !== null && one.openedOn < began;
}

/** Longer than a summer with the weeks around it, shorter than the time to the next. */
const ASKED_DAYS = 150;
