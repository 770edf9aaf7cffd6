/**
 * What is known of one student's time on the Case Manager's caseload, as plain JSON with ISO dates: it is carried across
 * continue-as-new. People stand by function (student, mother …), never by name.
 */
import type { SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';

export const MEETING_WITH = ['student', 'parent', 'student-and-parent'] as const;
export type MeetingWith = (typeof MEETING_WITH)[number];

/** A try to meet that came to nothing is recorded like a meeting. */
export const MEETING_OUTCOMES = ['met', 'no-show', 'not-reached', 'put-off', 'refused', 'other'] as const;
export type MeetingOutcome = (typeof MEETING_OUTCOMES)[number];

export const SIGNERS = [
  'student',
  'mother',
  'father',
  'guardian',
  'case-manager',
  'school',
  'agency',
  'other',
] as const;
export type Signer = (typeof SIGNERS)[number];

export const FOLLOW_UP_OUTCOMES = [
  'completed',
  'attending',
  'waiting-list',
  'declined',
  'no-answer',
  'other',
] as const;
export type FollowUpOutcome = (typeof FOLLOW_UP_OUTCOMES)[number];

/** A day to come: a date, or so many school days on the student's calendar after another day. */
export type DayAhead = { readonly date: IsoDate } | { readonly schoolDays: number; readonly after: IsoDate };

export interface Meeting {
  readonly id: string;
  readonly with: MeetingWith;
  readonly date: IsoDate;
  readonly outcome: MeetingOutcome;
  readonly note: string | null;
}

export interface Goal {
  /** `1`, `2` …: the place in the plan. */
  readonly id: string;
  readonly text: string;
  /** As the latest review found it. */
  readonly met: boolean;
}

export interface Signature {
  readonly by: Signer;
  readonly on: IsoDate;
}

/** One version of the attendance improvement plan; earlier ones stay. */
export interface Plan {
  readonly revision: number;
  readonly on: IsoDate;
  /** Why the earlier one was revised; null for the first. */
  readonly reason: string | null;
  readonly goals: readonly Goal[];
  readonly supports: readonly string[];
  readonly signatures: readonly Signature[];
  readonly shared: readonly { readonly with: MeetingWith; readonly on: IsoDate }[];
}

export type ReviewStatus = 'ahead' | 'due' | 'held' | 'replaced';

export interface Review {
  /** `r1`, `r2` … over all revisions. */
  readonly id: string;
  readonly revision: number;
  readonly on: DayAhead;
  readonly status: ReviewStatus;
  readonly held: { readonly on: IsoDate; readonly how: string; readonly goalsMet: readonly string[] } | null;
}

export interface AgencyReferral {
  /** `a1`, `a2` … */
  readonly id: string;
  readonly agency: string;
  readonly purpose: string;
  readonly on: IsoDate;
  /** Null once nothing more is to be asked. */
  readonly followUp: { readonly on: DayAhead; readonly due: boolean } | null;
  readonly outcomes: readonly {
    readonly on: IsoDate;
    readonly outcome: FollowUpOutcome;
    readonly note: string | null;
  }[];
}

export type Ending = 'plan-met' | 'case-manager' | 'case-ended';

export interface CaseloadState {
  readonly caseNumber: string;
  /** 1 for the first time on the caseload in this case. */
  readonly sequence: number;
  readonly school: string;
  readonly placedOn: IsoDate;
  readonly why: 'third-referral' | 'case-manager';
  /** The Case Manager's own words for it; null where the third referral did it. */
  readonly reason: string | null;
  /** School days after a plan on which it is reviewed, unless the plan says otherwise. */
  readonly reviewAfterSchoolDays: readonly number[];
  /** School days after a referral to an agency on which it is asked, unless the referral says otherwise. */
  readonly followUpAfterSchoolDays: number;
  readonly calendar: SchoolCalendar;
  /** The latest office date any message or timer has brought. */
  readonly today: IsoDate;
  readonly meetings: readonly Meeting[];
  readonly plans: readonly Plan[];
  readonly reviews: readonly Review[];
  readonly agencies: readonly AgencyReferral[];
  readonly ended: { readonly on: IsoDate; readonly how: Ending; readonly reason: string } | null;
  /** How many entries there are, over all runs. */
  readonly seq: number;
}

/** How far the work has come, in one word; for lists. */
export const STANDINGS = ['to-meet', 'to-plan', 'to-share', 'under-plan', 'plan-met', 'ended'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface CaseloadBeginning {
  readonly caseNumber: string;
  readonly sequence: number;
  readonly school: string;
  readonly placedOn: IsoDate;
  readonly why: 'third-referral' | 'case-manager';
  readonly reason?: string | null | undefined;
  readonly calendar: SchoolCalendar;
  /** Default: after 10 and 20 school days. */
  readonly reviewAfterSchoolDays?: readonly number[] | undefined;
  /** Default: after 10 school days. */
  readonly followUpAfterSchoolDays?: number | undefined;
}

const REVIEW_AFTER = [10, 20];
const FOLLOW_UP_AFTER = 10;

export function beginCaseload(given: CaseloadBeginning): CaseloadState {
  const { caseNumber, sequence, school, placedOn, why, calendar } = given;
  return {
    ...{ caseNumber, sequence, school, placedOn, why, calendar },
    reason: given.reason ?? null,
    reviewAfterSchoolDays: given.reviewAfterSchoolDays ?? REVIEW_AFTER,
    followUpAfterSchoolDays: given.followUpAfterSchoolDays ?? FOLLOW_UP_AFTER,
    today: placedOn,
    meetings: [],
    plans: [],
    reviews: [],
    agencies: [],
    ended: null,
    seq: 0,
  };
}

/** The plan in force. */
export function planOf(state: CaseloadState): Plan | undefined {
  return state.plans.at(-1);
}

export function isOpenReview(review: Review): boolean {
  return review.status === 'ahead' || review.status === 'due';
}

export function standingOf(state: CaseloadState): Standing {
  if (state.ended) return 'ended';
  const plan = planOf(state);
  if (!plan) return state.meetings.some((one) => one.outcome === 'met') ? 'to-plan' : 'to-meet';
  if (plan.shared.length === 0) return 'to-share';
  return plan.goals.every((goal) => goal.met) ? 'plan-met' : 'under-plan';
}
