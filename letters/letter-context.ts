/** What a letter may say, from the facts it rests on: one context a kind (templates/letter-context.ts). */
import { addSchoolDays, isSchoolDay, schoolDays } from '../domain/calendar.ts';
import { MISSING_WORDS, type MissingService } from '../domain/case/certificate.ts';
import type { CaseHearing, CaseLetter, PaperHistory } from '../domain/case/state.ts';
import { dayOf } from '../domain/caseload/deadlines.ts';
import { knownUpTo } from '../domain/coverage.ts';
import { addDays, isWeekend, shortDate, type IsoDate } from '../domain/dates.ts';
import { addOfficeDays, isOfficeDay } from '../domain/office-days.ts';
import { signerOf } from '../domain/policy.ts';
import type { Addressee } from '../domain/recipients.ts';
import type { PostalAddress } from '../domain/records.ts';
import { InputFault } from '../domain/refusal.ts';
import {
  languagesOf,
  type CaseLetterKind,
  type LetterContext,
  type LetterLanguage,
  type Translations,
} from '../templates/index.ts';
import { goesToAttorney, stateAttorneyOf, type LetterFacts } from './letter-facts.ts';

/** School days a family has to answer, and to question a date. */
const ANSWER_WITHIN = 5;
const DISPUTE_WITHIN = 10;
/** School days before a hearing until which another date, an interpreter or an accommodation can be asked for. */
const ASK_BEFORE_HEARING = 3;
/** School days after the return date on which the office looks at an order that names no date. */
const REVIEW_AFTER = 20;

export interface LetterToWrite {
  readonly language: LetterLanguage;
  readonly context: LetterContext<CaseLetterKind>;
  /** The office's own words in that language. */
  readonly translations: Translations;
}

/** Throws {@link InputFault} (`LETTER_FIELD_MISSING`) where the records lack what the letter must say. */
export function letterToWrite(facts: LetterFacts, addressee: Addressee): LetterToWrite {
  const written = languagesOf(facts.letter.kind) as readonly string[];
  const reads = mainLanguage(addressee.language);
  const language = (written.includes(reads) ? reads : 'en') as LetterLanguage;
  return {
    language,
    context: contextFor(facts, addressee, language),
    translations: facts.profile.translations?.[language] ?? {},
  };
}

/** es-MX → es. */
function mainLanguage(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? tag;
}

function contextFor(
  facts: LetterFacts,
  addressee: Addressee,
  language: LetterLanguage,
): LetterContext<CaseLetterKind> {
  const everyone = forEveryone(facts);
  const counted = { ...everyone, count: countPart(facts) };
  const toReader = {
    recipients: recipientLines(facts, addressee),
    interpreter:
      mainLanguage(addressee.language) === language
        ? null
        : { readerLanguage: addressee.language, phone: facts.profile.phone },
  };
  const dispute = { until: schoolDayIn(facts, DISPUTE_WITHIN), contact: everyone.school.attendanceContact };
  const family = { ...counted, ...toReader, dispute };
  const toAttorney = goesToAttorney(facts);
  const n = ['first-notice', 'second-notice', 'third-notice'].indexOf(facts.letter.kind) + 1;
  switch (facts.letter.kind) {
    case 'first-notice':
      return {
        ...family,
        interventions: interventionsFor(facts, n),
        respondBy: schoolDayIn(facts, ANSWER_WITHIN),
        nextStep: nextReferral(facts),
      };
    case 'second-notice':
      return {
        ...family,
        interventions: interventionsFor(facts, n),
        respondBy: schoolDayIn(facts, ANSWER_WITHIN),
        nextStep: nextReferral(facts),
        history: history(facts),
        onCaseload: worksWithFamily(facts),
      };
    case 'third-notice':
      return {
        ...family,
        interventions: interventionsFor(facts, n),
        respondBy: schoolDayIn(facts, ANSWER_WITHIN),
        history: history(facts),
        onCaseload: worksWithFamily(facts),
      };
    case 'hearing-notice':
      return { ...family, ...hearingPart(facts), hearing: hearingOf(facts) };
    case 'hearing-moved': {
      const told = toldBefore(facts);
      return {
        ...family,
        ...hearingPart(facts),
        about: aboutPart(facts),
        hearing: { ...hearingOf(facts), movedFrom: told.hearing, continued: told.continued },
      };
    }
    case 'hearing-cancelled':
      return { ...everyone, ...toReader, about: aboutPart(facts), hearing: toldBefore(facts).hearing };
    case 'order':
      return { ...family, history: history(facts), order: orderPart(facts) };
    case 'state-attorney-referral':
      return { ...counted, history: history(facts), court: courtPart(facts) };
    case 'correction': {
      const { asOf, days, changes } = required(facts.said, 'said');
      return {
        ...counted,
        ...toReader,
        ...(toAttorney ? { recipients: attorneyLines(facts) } : {}),
        about: aboutPart(facts),
        said: { asOf, days, changes: [...changes] },
        dispute: toAttorney ? null : dispute,
      };
    }
    case 'withdrawal':
      return {
        ...everyone,
        ...toReader,
        ...(toAttorney ? { recipients: attorneyLines(facts) } : {}),
        about: aboutPart(facts),
      };
    case 'caseload-invitation':
      return {
        ...everyone,
        ...toReader,
        history: history(facts),
        meeting: null,
        respondBy: schoolDayIn(facts, ANSWER_WITHIN),
      };
    case 'improvement-plan':
      return { ...everyone, ...toReader, plan: planPart(facts) };
    case 'closing-thanks':
      return {
        ...everyone,
        ...toReader,
        closing: {
          on: facts.decidedOn,
          cleanDays: facts.state.policy.closing.cleanSchoolDays,
          knownUpTo: knownUpTo(facts.coverage) ?? facts.today,
        },
      };
  }
}

function forEveryone(facts: LetterFacts) {
  const { profile, school, student, state } = facts;
  const caseManager = profile.caseManagers[school.code] ?? profile.caseManagers.default;
  const signer = signerOf(state.policy, facts.letter.kind, facts.about?.kind ?? null);
  const clerk = school.contacts.find((one) => one.function === 'attendance-clerk');
  const schoolPhone = school.phone ?? profile.phone;
  return {
    office: {
      name: profile.name,
      addressLines: [...profile.addressLines],
      phone: profile.phone,
      email: profile.email,
      website: profile.website,
    },
    signatory: {
      name:
        signer.role === 'case-manager'
          ? caseManager.name
          : required(profile.signatories[signer.role]?.name, `signatories.${signer.role}`),
      title: signer.title,
    },
    caseManager: { ...caseManager },
    school: {
      name: school.name,
      phone: schoolPhone,
      attendanceContact: {
        name: clerk?.name ?? `Attendance office, ${school.name}`,
        phone: clerk?.phone ?? schoolPhone,
        email: clerk?.email ?? null,
      },
    },
    child: { firstName: student.firstName, lastName: student.lastName, fullName: fullName(student) },
    date: facts.today,
    caseNumber: facts.letter.caseNumber,
    practice: facts.office.practice,
  };
}

function countPart({ count, coverage, school }: LetterFacts) {
  return {
    days: count.unexcusedDays,
    threshold: count.threshold,
    window: { from: count.window.from, to: count.window.to, attendanceDays: count.window.attendanceDays },
    asOf: count.asOf,
    knownUpTo: knownUpTo(coverage) ?? count.asOf,
    dates: count.counted.map((day) => ({
      date: day.date,
      fraction: day.fraction,
      school: school.code === day.school ? school.name : day.school,
    })),
    notes: [...count.notes],
  };
}

function fullName(student: LetterFacts['student']): string {
  return [student.firstName, student.middleName, student.lastName, student.suffix].filter(Boolean).join(' ');
}

function required<T>(value: T | null | undefined, field: string): T {
  if (value === null || value === undefined || value === '') {
    throw new InputFault('LETTER_FIELD_MISSING', 'the records have no value for it', field);
  }
  return value;
}

function recipientLines(facts: LetterFacts, addressee: Addressee) {
  const isStudent = addressee.kind === 'student';
  const names = isStudent
    ? [fullName(facts.student)]
    : addressee.named.map((id) => {
        const guardian = required(
          facts.guardians.find((one) => one.id === id),
          'recipients',
        );
        return `${guardian.firstName} ${guardian.lastName}`.trim();
      });
  return {
    names,
    addressLines:
      addressee.channel === 'email' || !addressee.address ? null : addressLines(addressee.address),
    reader: isStudent
      ? ('student' as const)
      : addressee.kind === 'agency'
        ? ('agency' as const)
        : ('guardian' as const),
  };
}

function attorneyLines(facts: LetterFacts) {
  const attorney = required(stateAttorneyOf(facts), 'recipients');
  return {
    names: [attorney.name],
    addressLines: [attorney.title, ...addressLines(attorney.address)],
    reader: 'attorney' as const,
  };
}

export function addressLines(address: PostalAddress): string[] {
  return [...address.lines, `${address.city}, ${address.state} ${address.postalCode}`].filter(
    (line) => line.trim() !== '',
  );
}

/** A day to answer by, N school days on; where the calendar ends before, the office day that many on. */
function schoolDayIn(facts: LetterFacts, n: number): IsoDate {
  const date =
    addSchoolDays(facts.cal, facts.today, n) ?? addOfficeDays(facts.today, n, facts.state.policy.holidays);
  return atADesk(facts, date);
}

/** Nobody sits at a desk on a Saturday that is made up: the next school day of a week, or weekday where none is near. */
function atADesk(facts: LetterFacts, date: IsoDate): IsoDate {
  if (!isWeekend(date)) return date;
  return schoolDays(facts.cal, date, addDays(date, 14)).find((one) => !isWeekend(one)) ?? weekdayFrom(date);
}

/** Placed with the third referral itself, the student meets the Case Manager only now. */
function worksWithFamily({ state }: LetterFacts): boolean {
  return state.caseload !== null && state.caseload.why !== 'third-referral';
}

function nextReferral(facts: LetterFacts): { earliest: IsoDate } {
  const days = facts.state.policy.referrals.schoolDaysBetween;
  return {
    earliest:
      addSchoolDays(facts.cal, facts.decidedOn, days) ??
      addOfficeDays(facts.decidedOn, days, facts.state.policy.holidays),
  };
}

/** Those counted for the referral; `n` 0: those since the third. */
function interventionsFor(facts: LetterFacts, n: number) {
  const kinds = new Map(facts.state.policy.interventions.kinds.map((kind) => [kind.code, kind.label]));
  return facts.state.interventions
    .filter((one) => (n === 0 ? one.countedFor === null : one.countedFor === n))
    .map((one) => ({ date: one.date, kindLabel: kinds.get(one.kind) ?? one.kind }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

type LetterOut = CaseLetter & { readonly outOn: IsoDate; readonly channel: 'email' | 'print' };

function isOut(letter: CaseLetter): letter is LetterOut {
  return letter.status === 'out' && letter.outOn !== null && letter.channel !== null;
}

function history(facts: LetterFacts) {
  const { kind, sequence } = facts.letter;
  return facts.state.letters
    .filter(isOut)
    .filter((letter) => letter.kind !== kind || letter.sequence !== sequence)
    .map((letter) => ({ ...sentAs(letter), takenBack: letter.concern?.settled === 'withdrawal' }));
}

function sentAs(letter: LetterOut) {
  return {
    kind: letter.kind,
    sentOn: letter.outOn,
    channel: letter.channel,
    beforeSystem: letter.paper,
  };
}

function aboutPart(facts: LetterFacts) {
  const { about } = facts;
  return sentAs(required(about && isOut(about) ? about : null, 'about'));
}

function hearingPart(facts: LetterFacts) {
  return { history: history(facts), interventions: interventionsFor(facts, 0) };
}

function hearingOf(facts: LetterFacts) {
  const hearing = required(facts.state.hearing, 'hearing');
  return {
    date: hearing.date,
    time: hearing.time,
    place: hearing.place,
    addressLines: [...facts.profile.hearingAddressLines],
    interpreter: hearing.interpreter,
    accommodation: hearing.accommodation,
    askBy: askBy(facts, hearing.date),
    contact: { ...(facts.profile.caseManagers[facts.school.code] ?? facts.profile.caseManagers.default) },
  };
}

type HearingTold = Pick<CaseHearing, 'date' | 'time' | 'place'>;

/**
 * The hearing as the letter before told it: not as it stood a moment ago, since it may have been moved twice before a
 * letter left. And whether it has been opened since.
 */
function toldBefore(facts: LetterFacts): { readonly hearing: HearingTold; readonly continued: boolean } {
  const about = required(facts.about, 'about');
  if (about.paper) {
    const { hearing } = required(paperHistory(facts), 'hearing.movedFrom');
    return {
      hearing: placeAndTime(required(hearing, 'hearing.movedFrom')),
      continued: continuedIn(facts, 0),
    };
  }
  const decided = facts.journal.findIndex(
    ({ type, data }) =>
      type === 'letter-decided' && data['kind'] === about.kind && data['sequence'] === about.sequence,
  );
  const told = facts.journal.slice(0, decided + 1).findLast((row) => SETS_THE_HEARING.has(row.type));
  return {
    hearing: placeAndTime(required(told?.data as unknown as HearingTold | undefined, 'hearing.movedFrom')),
    continued: continuedIn(facts, decided + 1),
  };
}

const SETS_THE_HEARING: ReadonlySet<string> = new Set([
  'hearing-scheduled',
  'hearing-moved',
  'hearing-continued',
]);

function placeAndTime({ date, time, place }: HearingTold): HearingTold {
  return { date, time, place };
}

function continuedIn({ journal }: LetterFacts, from: number): boolean {
  return journal.slice(from).some((row) => row.type === 'hearing-continued');
}

/** What the office brought in of a case begun on paper. */
function paperHistory({ journal }: LetterFacts): PaperHistory | null {
  const brought = journal.find((row) => row.type === 'brought-from-paper')?.data['history'];
  return brought === undefined ? null : (brought as unknown as PaperHistory);
}

/** Some school days before the hearing; where a break lies before it, as many days on which the office can be asked. */
function askBy(facts: LetterFacts, hearing: IsoDate): IsoDate {
  const [from, to] = [addDays(facts.today, 1), addDays(hearing, -1)];
  const school = schoolDays(facts.cal, from, to);
  const early = school.at(-ASK_BEFORE_HEARING);
  if (early !== undefined) return early;
  const office: IsoDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    if (isOfficeDay(date, facts.state.policy.holidays)) office.push(date);
  }
  return office.at(-ASK_BEFORE_HEARING) ?? office[0] ?? from;
}

function orderPart(facts: LetterFacts) {
  const { state, profile, journal } = facts;
  const order = required(state.order, 'order');
  const hearing = required(state.hearing, 'hearing');
  const notice = required(hearingLetterOut(facts), 'proofOfNotice');
  const superintendent = required(
    profile.signatories['regional-superintendent']?.name,
    'signatories.regional-superintendent',
  );
  const recorded = journal.findLast((row) => row.type === 'hearing-recorded')?.data['appeared'];
  const held = hearing.status === 'held';
  return {
    county: facts.school.county,
    hearing: { date: hearing.date, time: hearing.time, place: hearing.place },
    parentAppeared: held,
    appeared: [
      { name: superintendent, role: state.policy.notices.signedBy.order.title },
      ...(held && typeof recorded === 'string' && recorded.trim() !== ''
        ? [{ name: recorded, role: 'as recorded at the hearing' }]
        : []),
    ],
    proofOfNotice: {
      sentOn: notice.outOn,
      channel: notice.channel,
      proof: proofOf(facts, notice),
    },
    returnDate: order.returnDate,
    terms: [],
    services: order.services.length > 0 ? [...order.services] : [...profile.services],
    reviewDate: atADesk(
      facts,
      order.reviewDate ??
        addSchoolDays(facts.cal, order.returnDate, REVIEW_AFTER) ??
        addDays(order.returnDate, 28),
    ),
  };
}

/** The plan as the Case Manager last made it; its days are counted on the student's calendar as it is now. */
function planPart(facts: LetterFacts) {
  const caseload = required(facts.caseload, 'plan');
  const plan = required(caseload.plans.at(-1), 'plan');
  const reviews = caseload.reviews
    .filter(({ revision, status }) => revision === plan.revision && status !== 'replaced')
    .flatMap(({ on }) => dayOf(on, facts.cal) ?? [])
    .filter((date) => date > facts.today)
    .map((date) => atADesk(facts, date))
    .sort();
  const from = schoolDays(facts.cal, plan.on, addDays(plan.on, 14))[0] ?? weekdayFrom(plan.on);
  const { policy, order, referrals } = facts.state;
  return {
    madeOn: plan.on,
    revised: plan.revision > 1,
    from,
    to: termEnd(facts, reviews.at(-1) ?? from),
    goals: plan.goals.map(({ text }) => text),
    supports:
      plan.supports.length > 0
        ? plan.supports.map((what) => ({ what, who: null }))
        : facts.profile.services.map((what) => ({ what, who: null })),
    reviews: reviews.length > 0 ? reviews : [addOfficeDays(facts.today, REVIEW_AFTER, policy.holidays)],
    nextStep: order
      ? ('court' as const)
      : referrals.length === 3
        ? ('hearing' as const)
        : ('notice' as const),
  };
}

/** A plan runs to the end of the term its last review lies in. */
function termEnd(facts: LetterFacts, lastReview: IsoDate): IsoDate {
  const { terms } = facts.cal.calendar;
  const term = terms.find(({ to }) => to >= lastReview);
  return (term && schoolDays(facts.cal, lastReview, term.to).at(-1)) ?? weekdayFrom(lastReview);
}

function courtPart(facts: LetterFacts) {
  const { state, student, guardians, count, journal } = facts;
  const attorney = required(stateAttorneyOf(facts), 'court.attorney');
  const order = required(state.order, 'order');
  const hearing = required(state.hearing, 'hearing');
  const reason = journal.findLast((row) => row.type === 'court-referred')?.data['override'];
  return {
    county: facts.county,
    attorney: { name: attorney.name, title: attorney.title, addressLines: addressLines(attorney.address) },
    birthDate: required(student.birthDate, 'court.birthDate'),
    custodians: guardians
      .filter((one) => one.legalRecipient !== 'no' && one.address !== null)
      .map((one) => ({
        name: `${one.firstName} ${one.lastName}`.trim(),
        relation: one.relation,
        addressLines: addressLines(one.address!),
      })),
    hearingDate: hearing.date,
    parentAppeared: hearing.status === 'held',
    orderDate: order.on,
    returnDate: order.returnDate,
    breaches: count.counted
      .filter((day) => day.date >= order.returnDate && isSchoolDay(facts.cal, day.date))
      .map((day) => ({ date: day.date, fraction: day.fraction, school: facts.school.name })),
    reason: typeof reason === 'string' ? reason : null,
    services: servicesGiven(facts),
    missing: (state.court?.certificate.missing ?? []).map(
      (one) => MISSING_WORDS[one as MissingService] ?? one,
    ),
    exhibits: [
      { label: 'A', title: 'Unexcused absences in the window, day by day' },
      { label: 'B', title: 'Interventions by the school' },
      { label: 'C', title: 'First, second and third notice, with proof of delivery' },
      { label: 'D', title: 'Hearing notice, with proof of delivery' },
      { label: 'E', title: 'Order to return to school' },
      { label: 'F', title: 'Attendance since the order' },
    ],
  };
}

/** What has been done to help, day by day: by the school, on the caseload, with the order. */
function servicesGiven({ state }: LetterFacts) {
  const { services, order } = state;
  const kinds = new Map(state.policy.interventions.kinds.map((kind) => [kind.code, kind.label]));
  const done = (date: IsoDate | null, what: string, outcome: string) =>
    date === null ? [] : [{ date, what, outcome }];
  return [
    ...state.interventions.map((one) => ({
      date: one.date,
      what: kinds.get(one.kind) ?? one.kind,
      outcome: 'documented by the school',
    })),
    ...done(services.studentMet, 'Meeting of the Case Manager with the student', 'held'),
    ...done(services.parentMet, 'Meeting of the Case Manager with a parent or guardian', 'held'),
    ...done(services.planMade, 'Individual attendance improvement plan', 'made'),
    ...done(services.planShared, 'Plan gone through with the family', 'done'),
    ...services.agencies.flatMap(({ agency, on }) => done(on, `Referral to ${agency}`, 'made')),
    ...(order ? order.services.flatMap((what) => done(order.on, what, 'offered with the order')) : []),
  ].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The letter by which the family last knew of the hearing. */
function hearingLetterOut(facts: LetterFacts): LetterOut | undefined {
  return facts.state.letters
    .filter(isOut)
    .findLast((one) => one.kind === 'hearing-notice' || one.kind === 'hearing-moved');
}

function proofOf(facts: LetterFacts, letter: LetterOut): string {
  if (letter.paper) return paperHistory(facts)?.hearing?.notice?.proof ?? 'in the paper file of the case';
  return letter.channel === 'email'
    ? `accepted by the mail server on ${shortDate(letter.outOn)}`
    : `posted by the office on ${shortDate(letter.outOn)}`;
}

function weekdayFrom(date: IsoDate): IsoDate {
  return isWeekend(date) ? weekdayFrom(addDays(date, 1)) : date;
}
