/**
 * What each letter must hold, and who says so. `checkTemplates` names what a changed template has lost.
 * Sources: "page" is the office's own page (docs: seed), "law" the citation, "practice" what letters of comparable
 * offices hold, "ours" a decision of this project.
 */
import type { LetterKind } from './kinds.ts';

export interface RequiredContent {
  /** The field that the template (or a partial it uses) must print or go through. */
  readonly field: string;
  readonly what: string;
  readonly source: string;
}

const need = (field: string, what: string, source: string): RequiredContent => ({ field, what, source });

const BASE: readonly RequiredContent[] = [
  need('office.name', 'which office writes', 'practice: letterhead'),
  need('office.phone', 'the office’s phone', 'practice: named contact, phone'),
  need('date', 'date of the letter', 'practice: first thing on every letter'),
  need('caseNumber', 'case number, so that a call finds the record', 'ours'),
  need(
    'child.fullName',
    'the child’s name',
    'practice: child’s name used; a letter to "Family #1" is a known fault',
  ),
  need('school.name', 'the school', 'practice'),
  need('caseManager.name', 'whom to call', 'page: the Case Manager tries to contact the family'),
  need('caseManager.phone', 'at which number', 'practice: named contact, phone, e-mail'),
  need('signatory.name', 'who signs', 'page: signer of each letter'),
  need('signatory.title', 'in which office', 'page: signer of each letter'),
];

const EVERY_LETTER: readonly RequiredContent[] = [
  ...BASE,
  need('count.days', 'amount missed and its unit', 'practice: hours were once read as days'),
  need('count.dates', 'each counted date', 'practice: count since a stated date; print-out enclosed'),
  need('count.asOf', 'the day the count is as of', 'law: 105 ILCS 5/26-2a, a moving window of 180 days'),
  need('count.knownUpTo', 'up to when attendance is known', 'ours: silence is not presence'),
  need('count.window.attendanceDays', 'the window', 'law: 105 ILCS 5/26-2a'),
  need('count.isTruant', 'the word "truant" only above 1.8 days', 'law: 105 ILCS 5/26-2a'),
  need('count.isChronic', '"chronic or habitual truant" only from 9 days', 'law: 105 ILCS 5/26-2a'),
  need(
    'count.notes',
    'what is not known about the count',
    'ours: a missing calendar is said beside the count',
  ),
];

const TO_A_FAMILY: readonly RequiredContent[] = [
  need('recipients.names', 'the parents by name', 'practice: parent name'),
  need('recipients.addressLines', 'the postal address', 'practice'),
  need(
    'recipients.isStudent',
    'a word to a student of 18 who gets the letter',
    'ours: students of 18 get their own letters',
  ),
  need(
    'interpreter',
    'the interpreter line',
    'ours: a language without translation gets English with that line',
  ),
  need('school.attendanceContact.name', 'the copy to the school', 'practice: cc'),
];

const FAMILY: readonly RequiredContent[] = [
  ...TO_A_FAMILY,
  need('dispute.until', 'until when a date can be disputed', 'practice: how to dispute the record'),
  need('dispute.contact.name', 'with whom', 'practice: how to dispute the record'),
  need('dispute.contact.phone', 'how', 'practice: how to dispute the record'),
];

const NOTICE: readonly RequiredContent[] = [
  need(
    'interventions',
    'what the school has tried',
    'page: at least three interventions before each referral',
  ),
  need(
    'respondBy',
    'by when to call, a school day',
    'ours: nobody is asked for something on a day without school',
  ),
  need('school.phone', 'the school’s phone', 'practice'),
];

const HISTORY = need('history', 'the letters sent before, with dates', 'page: notices follow each other');

const HEARING: readonly RequiredContent[] = [
  ...EVERY_LETTER,
  ...FAMILY,
  { ...HISTORY, what: 'history of the three notices' },
  need(
    'interventions',
    'what was tried since the third referral',
    'page: no adequate progress after interventions',
  ),
  need('hearing.date', 'date', 'practice: hearing notices'),
  need('hearing.time', 'time', 'practice: hearing notices'),
  need('hearing.place', 'place', 'practice: hearing notices'),
  need('hearing.addressLines', 'address', 'practice: hearing notices'),
  need('hearing.interpreter', 'the interpreter who will be there', 'ours'),
  need('hearing.accommodation', 'what has been arranged', 'ours'),
  need(
    'hearing.askBy',
    'until when to ask for another date or an interpreter',
    'practice: whom to call to confirm',
  ),
  need('hearing.contact.name', 'whom to ask', 'practice: whom to call to confirm'),
  need('hearing.contact.phone', 'how', 'practice: whom to call to confirm'),
];

/** A letter about another one says which. */
const EARLIER: readonly RequiredContent[] = [
  need('about.kind', 'which letter it is about', 'ours: no letter is put right without naming it'),
  need('about.sentOn', 'of which date', 'ours: no letter is put right without naming it'),
];

const CASELOAD: readonly RequiredContent[] = [
  ...BASE,
  ...TO_A_FAMILY,
  need('caseManager.email', 'the Case Manager’s e-mail', 'practice: named contact, phone, e-mail'),
  need('school.phone', 'the school’s phone', 'practice'),
];

/** Of a contract or plan that is signed by hand. */
const SIGNED_BY_HAND: readonly RequiredContent[] = [
  need('child.fullName', 'a line for the student', 'practice: attendance contracts'),
  need('recipients.names', 'a line for each parent', 'practice: attendance contracts'),
  need('signatory.name', 'a line for the officer or Case Manager', 'practice: attendance contracts'),
];

/** The Intervention Department’s. Its number is the dispatcher’s: none of its papers has a field for it. */
const DEPARTMENT: readonly RequiredContent[] = [
  need('office.name', 'which office writes', 'practice: letterhead'),
  need('date', 'date of the letter', 'practice: first thing on every letter'),
  need('caseNumber', 'its number, so that a call finds the record', 'ours'),
  need('school.name', 'the school', 'page: the school calls; findings go to the school'),
  need('officer.name', 'which officer', 'page: the AO makes the visit'),
  need('officer.phone', 'the officer’s phone', 'page: parents are not referred to the dispatch number'),
  need('signatory.name', 'who signs', 'practice'),
  need('signatory.title', 'with which title', 'practice'),
];

const AT_SCHOOL: readonly RequiredContent[] = [
  need('school.attendanceContact.name', 'whom to call at the school', 'page: the school makes the referral'),
  need('school.attendanceContact.phone', 'at which number', 'page: the school makes the referral'),
];

export const REQUIRED_CONTENTS: Readonly<Record<LetterKind, readonly RequiredContent[]>> = {
  'first-notice': [
    ...EVERY_LETTER,
    ...FAMILY,
    ...NOTICE,
    need(
      'nextStep.earliest',
      'what happens next, and when at the earliest',
      'page: 7 school days after the first referral',
    ),
  ],
  'second-notice': [
    ...EVERY_LETTER,
    ...FAMILY,
    ...NOTICE,
    HISTORY,
    need(
      'nextStep.earliest',
      'what happens next, and when at the earliest',
      'page: 7 school days after the second referral',
    ),
    need(
      'count.threshold',
      'the count at which a hearing is possible',
      'practice: count at which referral follows',
    ),
    need('onCaseload', 'whether the Case Manager works with the family', 'page: caseload at discretion'),
  ],
  'third-notice': [
    ...EVERY_LETTER,
    ...FAMILY,
    ...NOTICE,
    HISTORY,
    need('count.threshold', 'the count at which a hearing is possible', 'page: at least 9 days within 180'),
    need('count.reached', 'whether it has been reached', 'page: at least 9 days within 180'),
    need('onCaseload', 'that the Case Manager takes the student on', 'page: will put student on caseload'),
  ],
  'caseload-invitation': [
    ...CASELOAD,
    need('meeting.date', 'a time that is proposed', 'page: attempts to meet with student and parent'),
    need('meeting.time', 'its hour', 'page: attempts to meet with student and parent'),
    need('meeting.place', 'its place', 'page: attempts to meet with student and parent'),
    need('respondBy', 'by when to answer, a school day', 'ours: no answer on a day without school'),
    need('history', 'the letters sent before', 'ours: why one is invited'),
  ],
  'improvement-plan': [
    ...CASELOAD,
    ...SIGNED_BY_HAND,
    need('plan.madeOn', 'when it was made', 'practice: meeting date'),
    need('plan.from', 'from when it holds', 'practice: period in force'),
    need('plan.to', 'until when', 'practice: period in force'),
    need('plan.goals', 'the goals', 'page: individual attendance improvement plan'),
    need('plan.supports', 'what is done to help', 'page: Case Manager works with student and family'),
    need('plan.supports[].who', 'who does it', 'ours'),
    need('plan.reviews', 'when it is looked at again', 'page: Case Manager monitors attendance'),
    need('plan.revised', 'that it replaces an earlier one', 'ours'),
    need('plan.nextIsNotice', 'what can follow before a third notice', 'practice: consequence'),
    need('plan.nextIsHearing', 'what can follow before a hearing', 'practice: consequence'),
    need('plan.nextIsCourt', 'what can follow after an order', 'practice: consequence'),
  ],
  'hearing-notice': HEARING,
  'hearing-moved': [
    ...HEARING,
    ...EARLIER,
    need('hearing.movedFrom.date', 'the date it replaces', 'ours: re-notice when it is moved'),
    need('hearing.movedFrom.time', 'the hour it replaces', 'ours: re-notice when it is moved'),
    need('hearing.movedFrom.place', 'the place it replaces', 'ours: re-notice when it is moved'),
    need('hearing.continued', 'why, in neutral words', 'ours: staff’s own reasons may name others'),
  ],
  'hearing-cancelled': [
    ...BASE,
    ...TO_A_FAMILY,
    ...EARLIER,
    need('hearing.date', 'the date that is off', 'ours'),
    need('hearing.time', 'its hour', 'ours'),
    need('hearing.place', 'its place', 'ours'),
    need('school.phone', 'the school’s phone', 'practice'),
  ],
  order: [
    ...EVERY_LETTER,
    ...FAMILY,
    HISTORY,
    need('order.hearing.date', 'which hearing', 'page: conducts truancy hearing'),
    need('order.appeared', 'who appeared', 'ours: findings of the order'),
    need('order.parentAppeared', 'whether it was held in absence', 'ours: findings of the order'),
    need('order.proofOfNotice.sentOn', 'when notice was given', 'ours: proof of notice'),
    need('order.proofOfNotice.proof', 'what proves it', 'ours: proof of notice'),
    need('order.returnDate', 'return at once', 'page: return to school immediately'),
    need('order.terms', 'further terms', 'ours'),
    need('order.services', 'services offered', 'law: 105 ILCS 5/26-12'),
    need(
      'order.reviewDate',
      'when it is looked at again',
      'page: Case Manager monitors and works with the family',
    ),
    need('order.county', 'whose State’s Attorney', 'ours: a region spans counties'),
  ],
  'state-attorney-referral': [
    ...EVERY_LETTER,
    { ...HISTORY, what: 'notices, hearing notice and order with dates' },
    need(
      'court.attorney.name',
      'the State’s Attorney by name',
      'page: refers student to State’s Attorney’s Office',
    ),
    need('court.attorney.addressLines', 'the address', 'practice'),
    need('court.county', 'of the child’s county', 'ours: a region spans counties'),
    need('court.birthDate', 'birth date', 'practice: packet'),
    need('court.custodians', 'custodians with addresses', 'practice: packet'),
    need('court.hearingDate', 'the hearing', 'page: court follows the hearing'),
    need('court.orderDate', 'the order', 'page: court follows the order'),
    need('court.returnDate', 'its return date', 'page: return immediately'),
    need('court.breaches', 'absences since the order', 'page: does not make adequate progress'),
    need('court.reason', 'why it is referred without one', 'ours: an override is written down and shown'),
    need('court.missing', 'services not on record', 'law: 105 ILCS 5/26-12'),
    need(
      'court.services',
      'services offered and what came of them',
      'law: 105 ILCS 5/26-12; 705 ILCS 405/3-33.5',
    ),
    need('court.exhibits', 'what is enclosed', 'practice: list of enclosures'),
  ],
  'closing-thanks': [
    ...BASE,
    ...TO_A_FAMILY,
    need('closing.on', 'since when it is closed', 'ours: a quiet case closes as improved'),
    need('closing.cleanDays', 'how long it went well', 'ours: a quiet case closes as improved'),
    need('closing.knownUpTo', 'up to when attendance is known', 'ours: silence is not presence'),
    need('school.phone', 'the school’s phone', 'practice'),
  ],
  correction: [
    ...EVERY_LETTER,
    ...FAMILY,
    ...EARLIER,
    need('said.days', 'what the letter said', 'ours: corrections'),
    need('said.asOf', 'as of which day it said so', 'ours: corrections'),
    need('said.changes', 'which dates no longer count', 'ours: corrections'),
    need('said.daysNow', 'what it would have said', 'ours: corrections'),
    need('said.truantGone', 'that "truant" was not the word', 'law: 105 ILCS 5/26-2a; ours: corrections'),
    need('said.chronicGone', 'that "chronic" was not the word', 'law: 105 ILCS 5/26-2a; ours: corrections'),
    need('recipients.isAttorney', 'a word to the State’s Attorney who gets it', 'ours'),
  ],
  withdrawal: [
    ...BASE,
    ...TO_A_FAMILY,
    ...EARLIER,
    need('about.isNotice', 'what need not be done about a notice', 'ours: corrections'),
    need('about.isHearing', 'that there is no hearing', 'ours: corrections'),
    need('about.isOrder', 'that the order no longer holds', 'ours: corrections'),
    need('recipients.isAttorney', 'a word to the State’s Attorney who gets it', 'ours'),
  ],
  'monitor-contract': [
    ...DEPARTMENT,
    ...TO_A_FAMILY,
    ...AT_SCHOOL,
    ...SIGNED_BY_HAND,
    need('monitor.from', 'the first day', 'ours: states start and stop dates'),
    need('monitor.to', 'the last day', 'ours: states start and stop dates'),
    need('monitor.schoolDays', 'how many school days', 'page: 20-Day Monitor'),
    need('monitor.unexplainedDays', 'when an unexplained day breaks it', 'ours: AUK after 3 school days'),
    need('counselor', 'the counselor', 'page: connect student with counselor'),
  ],
  'door-note': [
    ...DEPARTMENT,
    ...AT_SCHOOL,
    need('recipients.names', 'the parents by name', 'practice: parent name'),
    need('recipients.addressLines', 'the address', 'practice'),
    need('interpreter', 'the interpreter line', 'ours: no translation, then English with that line'),
    need('visit.date', 'when the officer came', 'page: home visit'),
    need('visit.time', 'at which hour', 'page: home visit'),
    need('respondBy', 'by when to call, a school day', 'ours: no answer on a day without school'),
    need('school.phone', 'the school’s phone', 'practice'),
  ],
  'address-findings': [
    ...DEPARTMENT,
    need('school.attendanceContact.name', 'whom at the school it is for', 'page: report findings to school'),
    need('schoolAddressLines', 'the school’s address', 'practice'),
    need('child.fullName', 'the student', 'page: if the student lives at the address'),
    need('addressOfRecord', 'the address in question', 'page: address of record'),
    need('visit.date', 'when the officer was there', 'page: courtesy home visit'),
    need('visit.time', 'at which hour', 'page: courtesy home visit'),
    need('finding.isConfirmed', 'that it is confirmed', 'page: report findings to school'),
    need('finding.isNotConfirmed', 'that it is not', 'page: report findings to school'),
    need('finding.isNobodyHome', 'that nobody was home', 'page: report findings to school'),
    need('observations', 'what was seen', 'page: report findings to school'),
  ],
};
