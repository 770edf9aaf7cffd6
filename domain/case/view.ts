/**
 * A case as staff read it: who must act by when, in the first line; then the ladder, the evidence and the next
 * deadline in words. The same text stands in the Web UI, in `case why` and in lists.
 */
import type { CalendarLike } from '../calendar.ts';
import { window } from '../calendar.ts';
import { calendarNotes } from '../calendar-notes.ts';
import { coverageNotes } from '../coverage-notes.ts';
import { knownUpTo } from '../coverage.ts';
import { shortDate } from '../dates.ts';
import type { LetterKind } from '../policy.ts';
import { whatNext } from './next-step.ts';
import { deadlines, nextDeadline, type Deadline } from './deadlines.ts';
import { MISSING_WORDS, type MissingService } from './certificate.ts';
import {
  blockedWords,
  cleanRun,
  hearingObstacles,
  isAtCourt,
  interventionsForNext,
  nextReferral,
  NOTICE_KINDS,
  ORDINALS,
  PARKED_WORDS,
  referralObstacles,
  unexcusedCount,
} from './rules.ts';
import { askedApproval, awaitingApproval, escalatesOn, returnedTo } from './approval.ts';
import { paperLines } from './paper.ts';
import { latestLetter, stageOf, type CaseLetter, type CaseState, type Stage } from './state.ts';
import { counted } from '../words.ts';

export const ACTION_BY = [
  'school',
  'case-manager',
  'assistant-regional-superintendent',
  'regional-superintendent',
  'state-attorney',
  'nobody',
] as const;
export type ActionBy = (typeof ACTION_BY)[number];

export const FLAGS = [
  'order-broken',
  'undelivered',
  'at-threshold',
  'on-caseload',
  'closing-asked',
  'hearing-due',
  'on-hold',
  'hold-expired',
  'letter-waits',
  'letter-questioned',
  'hearing-questioned',
  'order-review-due',
  'awaiting-approval',
  'approval-late',
  'letter-withheld',
  'letter-returned',
] as const;
export type Flag = (typeof FLAGS)[number];

export interface CaseView {
  readonly stage: Stage;
  readonly actionBy: ActionBy;
  /** The earliest deadline ahead. */
  readonly nextDeadline: Deadline | null;
  readonly unexcusedDays: number;
  readonly flags: readonly Flag[];
  /** Stage and who must act by when. */
  readonly headline: string;
}

const STAGES: Readonly<Record<Stage, string>> = {
  interventions: 'Interventions by the school',
  'first-referral': 'First referral made',
  'second-referral': 'Second referral made',
  'third-referral': 'Third referral made',
  'hearing-scheduled': 'Hearing scheduled',
  'hearing-held': 'Hearing held',
  order: 'Order in force',
  court: 'Referred to the State’s Attorney',
  closed: 'Closed',
};

const WHO: Readonly<Record<ActionBy, string>> = {
  school: 'the school',
  'case-manager': 'the Case Manager',
  'assistant-regional-superintendent': 'the Assistant Regional Superintendent',
  'regional-superintendent': 'the Regional Superintendent',
  'state-attorney': 'the State’s Attorney',
  nobody: 'nobody',
};

export const LETTER_NAMES: Readonly<Record<LetterKind, string>> = {
  'first-notice': 'first notice',
  'second-notice': 'second notice',
  'third-notice': 'third notice',
  'caseload-invitation': 'invitation to meet the Case Manager',
  'improvement-plan': 'attendance improvement plan',
  'hearing-notice': 'hearing notice',
  'hearing-moved': 'letter on the hearing’s new date',
  'hearing-cancelled': 'letter that the hearing is off',
  order: 'order',
  'state-attorney-referral': 'referral to the State’s Attorney',
  'closing-thanks': 'letter that the case is closed',
  correction: 'correction letter',
  withdrawal: 'withdrawal letter',
};

export function viewOf(state: CaseState, cal: CalendarLike): CaseView {
  const stage = stageOf(state);
  const actionBy = actionOf(state, cal);
  const waits = approvalNext(state, cal);
  const next = [...(waits === null ? [] : [waits]), whatNext(state, cal).next].join(' ');
  return {
    stage,
    actionBy,
    nextDeadline: nextDeadline(state, cal),
    unexcusedDays: unexcusedCount(state, state.today, cal),
    flags: flagsOf(state),
    headline:
      actionBy === 'nobody'
        ? `${STAGES[stage]}. ${next}`
        : `${STAGES[stage]}. Next to act: ${WHO[actionBy]}. ${next}`,
  };
}

function actionOf(state: CaseState, cal: CalendarLike): ActionBy {
  if (state.closed) return 'nobody';
  if (state.hearing?.questioned && !state.hearing.questioned.stands) return 'regional-superintendent';
  if (state.letters.some((letter) => letter.status === 'blocked')) return 'case-manager';
  if (openQuestions(state).length > 0) return 'case-manager';
  if (state.holds.some((hold) => hold.expired)) return 'case-manager';
  if (asked(state).length > 0) return 'case-manager';
  const approver = approvalBy(state);
  if (state.court) return approver ?? (state.court.answer === null ? 'state-attorney' : 'case-manager');
  if (state.order?.brokenBy) return 'case-manager';
  if (approver !== null) return approver;
  if (state.order) return state.order.brokenBy ? 'case-manager' : 'school';
  if (state.hearing) return 'regional-superintendent';
  if (flagsOf(state).includes('closing-asked')) return 'case-manager';
  if (state.referrals.length === 3 && hearingObstacles(state, state.today, cal).length === 0)
    return 'regional-superintendent';
  return 'school';
}

function flagsOf(state: CaseState): Flag[] {
  const flags: Flag[] = [];
  if (state.closed) return flags;
  if (state.order?.brokenBy) flags.push('order-broken');
  if (state.letters.some((letter) => letter.status === 'blocked')) flags.push('undelivered');
  if (state.atThreshold) flags.push('at-threshold');
  if (state.caseload) flags.push('on-caseload');
  if (state.hearing?.due) flags.push('hearing-due');
  if (state.closingAsked && !state.days.some((day) => day.date > state.closingAsked!))
    flags.push('closing-asked');
  if (state.holds.length > 0) flags.push('on-hold');
  if (state.holds.some((hold) => hold.expired)) flags.push('hold-expired');
  if (asked(state).length > 0) flags.push('letter-waits');
  if (openQuestions(state).length > 0) flags.push('letter-questioned');
  if (state.hearing?.questioned && !state.hearing.questioned.stands) flags.push('hearing-questioned');
  if (state.order?.reviewed && !isAtCourt(state)) flags.push('order-review-due');
  const approvals = awaitingApproval(state).map((letter) => letter.approval!);
  if (approvals.some(({ status }) => status === 'asked')) flags.push('awaiting-approval');
  if (approvals.some(({ status, escalated }) => status === 'asked' && escalated)) flags.push('approval-late');
  if (approvals.some(({ status }) => status === 'withheld')) flags.push('letter-withheld');
  if (approvals.some(({ status }) => status === 'returned')) flags.push('letter-returned');
  return flags;
}

/** Who must act on a letter that waits for approval: its approver, or whoever it was returned to. */
function approvalBy(state: CaseState): ActionBy | null {
  const asked = askedApproval(state)[0]?.approval;
  if (asked) return roleOf(asked.escalated?.to ?? asked.role);
  const returned = awaitingApproval(state).find(({ approval }) => approval?.status === 'returned');
  return returned ? roleOf(returnedTo(returned)) : null;
}

function roleOf(role: string): ActionBy {
  return ACTION_BY.find((one) => one === role) ?? 'case-manager';
}

/** The first letter that waits for approval, in a sentence: who must act by when. */
function approvalNext(state: CaseState, cal: CalendarLike): string | null {
  const letter = askedApproval(state)[0];
  if (letter?.approval) {
    const { since, role, escalated } = letter.approval;
    const date = escalatesOn(state, letter, cal);
    const to = state.policy.notices.approval?.escalate?.to ?? role;
    const until = escalated
      ? `; told to ${WHO[roleOf(escalated.to)]} on ${shortDate(escalated.on)}`
      : date === null
        ? ''
        : `; by ${shortDate(date)}, else ${WHO[roleOf(to)]} is told`;
    return `The ${LETTER_NAMES[letter.kind]} waits for approval since ${shortDate(since)}${until}.`;
  }
  const returned = awaitingApproval(state).find(({ approval }) => approval?.status === 'returned');
  return returned
    ? `The ${LETTER_NAMES[returned.kind]} was returned on ${shortDate(returned.approval!.since)}: put it in again, or withdraw its step.`
    : null;
}

/** Letters out whose facts or basis a correction changed and nobody has settled. */
function openQuestions(state: CaseState): CaseLetter[] {
  return state.letters.filter((letter) => letter.concern !== null && letter.concern.settled === null);
}

/** Letters that wait for a person to let them leave. */
function asked(state: CaseState): CaseLetter[] {
  return state.letters.filter(
    ({ status, parked }) => status === 'waiting' && (parked === 'asked' || parked === 'basis'),
  );
}

/** The case as Markdown for the Web UI: short lines, lists rather than tables (cells there have no padding). */
export function detailsOf(state: CaseState, cal: CalendarLike): string {
  const view = viewOf(state, cal);
  const lines = [`**${view.headline}**`, ''];
  lines.push('### Ladder', ...ladder(state).map((step) => `- ${step}`), '');
  lines.push('### Evidence', ...evidence(state, cal).map((one) => `- ${one}`), '');
  const open = attention(state);
  if (open.length > 0) lines.push('### To be looked at', ...open.map((one) => `- ${one}`), '');
  const ahead = deadlines(state, cal);
  lines.push(
    '### Ahead',
    ...(ahead.length === 0 ? ['- nothing is waiting on a date'] : ahead.map((one) => `- ${one.summary}`)),
  );
  if (state.caseload) {
    lines.push(
      '',
      `On the caseload since ${shortDate(state.caseload.on)} (${state.caseload.why === 'third-referral' ? 'third referral' : 'by the Case Manager'}).`,
    );
  }
  return lines.join('\n');
}

function ladder(state: CaseState): string[] {
  const steps = [`opened ${shortDate(state.openedOn)}`, ...paperLines(state)];
  for (const referral of state.referrals) {
    const notice = latestLetter(state, NOTICE_KINDS[referral.n - 1]!);
    steps.push(
      `${ORDINALS[referral.n - 1]!} referral ${shortDate(referral.on)}${countThen(referral)}${notice ? `; notice ${letterState(notice)}` : ''}`,
    );
  }
  if (state.hearing) {
    const notice = latestLetter(state, 'hearing-notice');
    steps.push(
      `hearing ${shortDate(state.hearing.date)} ${state.hearing.time}: ${state.hearing.status}${notice ? `; notice ${letterState(notice)}` : ''}`,
    );
  }
  if (state.order) {
    const letter = latestLetter(state, 'order');
    steps.push(
      `order of ${shortDate(state.order.on)}, back to school on ${shortDate(state.order.returnDate)}${letter ? `; letter ${letterState(letter)}` : ''}${state.order.brokenBy ? `; **broken on ${shortDate(state.order.brokenBy)}**` : ''}`,
    );
  }
  if (state.court) {
    const { answer, status, certificate } = state.court;
    steps.push(
      `State’s Attorney ${shortDate(state.court.on)}${answer ? `: ${answer}` : ''}${status ? `; ${shortDate(status.on)}: ${status.text}` : ''}`,
    );
    if (certificate.missing.length > 0) {
      steps.push(
        `certificate of services lacks: ${certificate.missing.map((one) => MISSING_WORDS[one as MissingService]).join('; ')}`,
      );
    }
  }
  if (state.closed) steps.push(`closed ${shortDate(state.closed.on)}: ${state.closed.reason}`);
  return steps;
}

/** What was counted at a referral on paper nobody knows here: the attendance of then may never come in. */
function countThen({ count, paper }: CaseState['referrals'][number]): string {
  return paper ? '' : ` (${count} unexcused ${count === 1 ? 'day' : 'days'})`;
}

function letterState(letter: CaseLetter): string {
  switch (letter.status) {
    case 'waiting':
      if (letter.parked !== null) return `**in the house: ${parkedWords(letter)}**`;
      return `leaves ${shortDate(letter.sendOn)}`;
    case 'out':
      return `out ${shortDate(letter.outOn!)} by ${letter.channel === 'email' ? 'e-mail' : 'post'}${letter.paper ? ' (before this system)' : ''}${letter.concern?.settled === 'withdrawal' ? ', taken back' : ''}`;
    case 'blocked':
      return `**held back: ${blockedWords(letter)}**`;
    case 'withdrawn':
      return 'withdrawn';
  }
}

function parkedWords({ parked, approval }: CaseLetter): string {
  if (parked !== 'approval' || !approval) return PARKED_WORDS[parked!];
  const note = approval.note === null ? '' : ` (${approval.note})`;
  switch (approval.status) {
    case 'withheld':
      return `withheld by its approver on ${shortDate(approval.since)}${note}`;
    case 'returned':
      return `returned by its approver on ${shortDate(approval.since)}${note}`;
    default:
      return `${PARKED_WORDS.approval}${note}`;
  }
}

/** What a person has to look at: holds, letters in question, a hearing whose basis is, the last review. */
function attention(state: CaseState): string[] {
  const lines = state.holds.map(
    (hold) =>
      `hold (${hold.kind}) since ${shortDate(hold.from)} until ${shortDate(hold.until)}, owner ${hold.owner}${hold.expired ? ': **over; release or extend it**' : ''}`,
  );
  for (const { kind, sequence, concern } of openQuestions(state)) {
    const dates = concern!.dates.map(shortDate).join(', ');
    lines.push(
      concern!.what === 'basis-lost'
        ? `**the ${LETTER_NAMES[kind]} (${sequence}): its step no longer stands on the corrected records**${dates ? ` (${dates})` : ''}; withdraw it, or say why it stands`
        : `**the ${LETTER_NAMES[kind]} (${sequence}) states days that no longer count: ${dates}**; send a correction, or say that it stands`,
    );
  }
  const questioned = state.hearing?.questioned;
  if (questioned && !questioned.stands) {
    lines.push(
      `**corrections took the hearing’s count to ${questioned.count} days**; the Regional Superintendent cancels it or lets it stand`,
    );
  }
  const reviewed = state.reviews.at(-1);
  if (reviewed?.sentence && reviewed.n === state.referrals.at(-1)?.n) {
    lines.push(`review of ${shortDate(reviewed.on)}: ${reviewed.sentence}`);
  }
  if (reviewed?.judged) {
    lines.push(
      `judged ${reviewed.judged.adequate ? 'adequate' : 'not adequate'} by a person on ${shortDate(reviewed.judged.on)}`,
    );
  }
  const { tries, reached, last } = state.contacts;
  if (state.referrals.length > 0 && !state.closed) {
    lines.push(
      last === null
        ? 'nobody has tried to reach the family yet'
        : tries === 0
          ? `the family was met, or a meeting tried, on ${shortDate(last)}, on the caseload`
          : `${tries} ${tries === 1 ? 'try' : 'tries'} to reach the family, ${reached} with success, the last on ${shortDate(last)}`,
    );
  }
  return lines;
}

function evidence(state: CaseState, cal: CalendarLike): string[] {
  const { windowDays, threshold } = state.policy.counting;
  const count = unexcusedCount(state, state.today, cal);
  const span = window(cal, state.today, windowDays);
  const known = knownUpTo(state.coverage);
  const inWindow = state.days.filter((day) => span.from !== undefined && day.date >= span.from);
  const recent = inWindow
    .slice(-10)
    .map((day) => `${shortDate(day.date)}${day.fraction === 1 ? '' : ` (${day.fraction})`}`);
  const lines = [
    `${counted(count, 'unexcused day')} of ${threshold} in the last ${span.attendanceDays} attendance days, as of ${shortDate(state.today)}`,
    known === null ? 'no attendance has arrived yet' : `attendance known up to ${shortDate(known)}`,
  ];
  if (!state.closed) {
    lines.push(
      ...coverageNotes(state.coverage, cal, state.today, windowDays),
      ...calendarNotes(cal, state.today, windowDays),
    );
  }
  if (recent.length > 0) lines.push(`${inWindow.length > 10 ? 'last ten: ' : ''}${recent.join(', ')}`);
  const n = nextReferral(state);
  if (n !== null && !state.closed) {
    lines.push(
      `${interventionsForNext(state, state.today, cal).length} of ${state.policy.interventions.perReferral} interventions documented for the ${ORDINALS[n - 1]!} referral`,
    );
  }
  return lines;
}

/** Why the case stands where it does and what may happen when, in plain sentences. */
export function whyOf(state: CaseState, cal: CalendarLike): string {
  const view = viewOf(state, cal);
  const lines = [`Case ${state.caseNumber}: ${view.headline}`, ''];
  lines.push(...ladder(state).map((step) => `  ${step.replaceAll('**', '')}`), '');
  lines.push(...evidence(state, cal).map((one) => `  ${one}`), '');
  const open = attention(state);
  if (open.length > 0) lines.push(...open.map((one) => `  ${one.replaceAll('**', '')}`), '');
  if (!state.closed) {
    const n = nextReferral(state);
    const obstacles =
      n !== null
        ? referralObstacles(state, state.today, cal)
        : state.hearing
          ? []
          : hearingObstacles(state, state.today, cal);
    const step = n !== null ? `the ${ORDINALS[n - 1]!} referral` : 'a hearing';
    if (!state.hearing) {
      lines.push(obstacles.length === 0 ? `Nothing stands in the way of ${step}.` : `In the way of ${step}:`);
      lines.push(...obstacles.map((one) => `  ${one.message}`));
    }
    const run = cleanRun(state, cal);
    if (!isAtCourt(state))
      lines.push(`Clean covered school days so far: ${run.days} of ${state.policy.closing.cleanSchoolDays}.`);
    lines.push(...deadlines(state, cal).map((one) => `Ahead: ${one.summary}.`));
  }
  return lines.join('\n');
}
