/**
 * The certificate of services: that supportive services were provided before a child's case goes to court. What exists
 * is filled in, what is missing is named. Source: 105 ILCS 5/26-12; 705 ILCS 405/3-33.5.
 */
import type { CaseState, Certificate } from './state.ts';

/** What a certificate can lack, by code; {@link MISSING_WORDS} says each in words. */
export type MissingService =
  | 'interventions'
  | 'contact-with-family'
  | 'caseload'
  | 'meeting'
  | 'plan'
  | 'plan-shared'
  | 'agency-referral';

export const MISSING_WORDS: Readonly<Record<MissingService, string>> = {
  interventions: 'no intervention of the school is on record',
  'contact-with-family': 'no contact with the family has succeeded',
  caseload: 'the student has not been on the caseload',
  meeting: 'no meeting with student or parent is on record',
  plan: 'no attendance improvement plan is on record',
  'plan-shared': 'the plan has not been gone through with the family',
  'agency-referral': 'no referral to an outside agency is on record',
};

export function certificateOf(state: CaseState): Certificate {
  const { services, contacts } = state;
  const missing: MissingService[] = [];
  if (state.interventions.length === 0) missing.push('interventions');
  const met = services.studentMet !== null || services.parentMet !== null;
  if (contacts.reached === 0 && !met) missing.push('contact-with-family');
  if (state.caseloads === 0) missing.push('caseload');
  if (!met) missing.push('meeting');
  if (services.planMade === null) missing.push('plan');
  else if (services.planShared === null) missing.push('plan-shared');
  if (services.agencies.length === 0) missing.push('agency-referral');
  return {
    interventions: state.interventions.length,
    contacts: contacts.tries,
    caseloadSince: state.caseload?.on ?? null,
    services,
    missing,
  };
}
