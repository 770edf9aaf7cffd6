/** What counts as an intervention, judged at the door. Source: the page of ROE #53; 105 ILCS 5/26-12. */
import { window, type CalendarLike } from './calendar.ts';
import { shortDate, type IsoDate } from './dates.ts';
import type { LadderPolicy } from './policy.ts';
import { refusal, type Refusal } from './refusal.ts';

export interface InterventionReport {
  readonly kind: string;
  readonly date: IsoDate;
  readonly by: string;
  readonly outcome: string;
  readonly description?: string | undefined;
}

/** The reason an intervention cannot be taken, or null. A ticket is refused whatever kind it is called. */
export function interventionRefusal(
  report: InterventionReport,
  policy: LadderPolicy,
  today: IsoDate,
  cal: CalendarLike,
): Refusal | null {
  const { interventions } = policy;
  const words = new Set(
    `${report.description ?? ''} ${report.outcome}`.toLowerCase().match(/[\p{L}-]+/gu) ?? [],
  );
  for (const refused of interventions.refused) {
    const inKind = refused.codes.includes(report.kind.toLowerCase());
    const inWords = report.kind === 'other' && refused.words.some((word) => words.has(word));
    if (inKind || inWords) return refusal('NOT_AN_INTERVENTION', refused.reason, { source: refused.source });
  }
  const kind = interventions.kinds.find((one) => one.code === report.kind);
  if (!kind) {
    return refusal(
      'UNKNOWN_INTERVENTION',
      `"${report.kind}" is no kind of intervention here; choose one of: ${interventions.kinds.map((one) => one.code).join(', ')}.`,
      { kinds: interventions.kinds.map((one) => one.code) },
    );
  }
  if (kind.needsDescription && !report.description?.trim()) {
    return refusal('DESCRIPTION_MISSING', `An intervention of the kind "${kind.code}" needs a description.`);
  }
  if (report.date > today) {
    return refusal(
      'DATE_IN_FUTURE',
      `${shortDate(report.date)} is after today, ${shortDate(today)}; log it when it has happened.`,
    );
  }
  const from = window(cal, today, interventions.reachBackAttendanceDays).from;
  if (from !== undefined && report.date < from) {
    return refusal(
      'INTERVENTION_TOO_OLD',
      `${shortDate(report.date)} is more than ${interventions.reachBackAttendanceDays} attendance days back (the earliest is ${shortDate(from)}).`,
      { earliest: from },
    );
  }
  return null;
}
