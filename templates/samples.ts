/**
 * A full context for each kind, with people who do not exist: for previews, checks and tests.
 * Dates are those of a real school-year pattern in 2025–26; none falls on a weekend.
 */
import type { LetterContext } from './letter-context.ts';
import type { LetterKind, LetterLanguage } from './kinds.ts';

const SCHOOL = 'Riverbend Middle School';
const FULL_DAYS = [
  '2025-10-07',
  '2025-10-20',
  '2025-11-05',
  '2025-12-02',
  '2026-01-13',
  '2026-01-22',
  '2026-02-03',
  '2026-02-17',
];
const day = (date: string, fraction = 1) => ({ date, fraction, school: SCHOOL });

/** The count with the first `full` whole days and one half day: 3 → 3.5 days. */
function countOf(full: number, asOf: string, knownUpTo: string): LetterContext<'first-notice'>['count'] {
  const dates = [...FULL_DAYS.slice(0, full).map((date) => day(date)), day('2025-12-11', 0.5)];
  return {
    days: full + 0.5,
    threshold: 9,
    window: { from: '2025-03-06', to: knownUpTo, attendanceDays: 180 },
    asOf,
    knownUpTo,
    dates,
    notes: [],
  };
}

const caseManager = { name: 'Jordan Ellis', phone: '309-555-0142', email: 'jellis@roe53.example' };
const everyone = {
  office: {
    name: 'Regional Office of Education #53',
    addressLines: ['414 Courthouse Lane', 'Pekin, IL 61554'],
    phone: '309-555-0100',
    email: 'truancy@roe53.example',
    website: 'www.roe53.example',
  },
  caseManager,
  school: {
    name: SCHOOL,
    phone: '309-555-0177',
    attendanceContact: {
      name: 'Dana Whitfield',
      phone: '309-555-0178',
      email: 'attendance@riverbend.example',
    },
  },
  child: { firstName: 'Linh', lastName: 'Nguyễn', fullName: 'Linh Nguyễn' },
  caseNumber: '2026-0042',
  practice: false,
};
const family = {
  recipients: {
    names: ['Maria Nguyễn', 'Daniel O’Brien'],
    addressLines: ['1207 Elm Street, Apt 3', 'Pekin, IL 61554'],
    reader: 'guardian' as const,
  },
  interpreter: null,
};
const assistant = { name: 'Robin Castellano', title: 'Assistant Regional Superintendent' };
const superintendent = { name: 'Evelyn Marsh', title: 'Regional Superintendent of Schools' };
const contact = everyone.school.attendanceContact;

const first = { kind: 'first-notice' as const, sentOn: '2026-01-15', channel: 'email' as const };
const second = { kind: 'second-notice' as const, sentOn: '2026-01-30', channel: 'email' as const };
const third = { kind: 'third-notice' as const, sentOn: '2026-02-13', channel: 'print' as const };
const hearingNotice = { kind: 'hearing-notice' as const, sentOn: '2026-02-19', channel: 'print' as const };
const order = { kind: 'order' as const, sentOn: '2026-03-12', channel: 'print' as const };

const orderCount = (): LetterContext<'order'>['count'] => {
  const count = countOf(8, '2026-03-10', '2026-03-09');
  return {
    ...count,
    days: 9.5,
    dates: [...count.dates, day('2026-02-24')],
    window: { ...count.window, from: '2025-03-20' },
  };
};

const interventionsSinceThird = [{ date: '2026-02-18', kindLabel: 'Phone call with parent' }];
const hearingCount = (): LetterContext<'hearing-notice'>['count'] => ({
  ...countOf(8, '2026-02-19', '2026-02-18'),
  days: 9,
  dates: [...FULL_DAYS.map((date) => day(date)), day('2025-12-11', 0.5), day('2026-02-10', 0.5)],
});
const hearingPlace = {
  place: 'Regional Office of Education #53, hearing room',
  addressLines: ['414 Courthouse Lane', 'Pekin, IL 61554'],
};

const department = {
  office: {
    name: 'Intervention Department',
    addressLines: ['88 School Street', 'Pekin, IL 61554'],
    email: 'intervention@district.example',
    website: null,
  },
  signatory: { name: 'Sam Okafor', title: 'Attendance Officer' },
  officer: { name: 'Sam Okafor', phone: '309-555-0163', email: 'sokafor@district.example' },
  school: everyone.school,
  practice: false,
};

const SAMPLES: { readonly [K in LetterKind]: () => LetterContext<K> } = {
  'first-notice': () => ({
    ...everyone,
    ...family,
    signatory: assistant,
    date: '2026-01-15',
    count: countOf(5, '2026-01-14', '2026-01-14'),
    interventions: [
      { date: '2025-11-06', kindLabel: 'Phone call with parent' },
      { date: '2025-12-04', kindLabel: 'Conversation with student' },
      { date: '2026-01-13', kindLabel: 'Meeting with parent and student' },
    ],
    respondBy: '2026-01-22',
    nextStep: { earliest: '2026-01-26' },
    dispute: { until: '2026-01-23', contact },
  }),
  'second-notice': () => ({
    ...everyone,
    ...family,
    signatory: assistant,
    date: '2026-01-30',
    count: countOf(6, '2026-01-29', '2026-01-28'),
    interventions: [
      { date: '2026-01-20', kindLabel: 'Letter home' },
      { date: '2026-01-23', kindLabel: 'Home visit' },
      { date: '2026-01-27', kindLabel: 'School intervention staffing' },
    ],
    history: [first],
    onCaseload: false,
    respondBy: '2026-02-06',
    nextStep: { earliest: '2026-02-09' },
    dispute: { until: '2026-02-09', contact },
  }),
  'third-notice': () => ({
    ...everyone,
    ...family,
    signatory: assistant,
    date: '2026-02-13',
    count: countOf(7, '2026-02-12', '2026-02-11'),
    interventions: [
      { date: '2026-02-04', kindLabel: 'Phone call with parent' },
      { date: '2026-02-06', kindLabel: 'Incentive program' },
      { date: '2026-02-10', kindLabel: 'Meeting with parent and student' },
    ],
    history: [first, second],
    onCaseload: true,
    respondBy: '2026-02-20',
    dispute: { until: '2026-02-23', contact },
  }),
  'caseload-invitation': () => ({
    ...everyone,
    ...family,
    signatory: { name: caseManager.name, title: 'Case Manager' },
    date: '2026-02-13',
    history: [first, second],
    meeting: {
      date: '2026-02-24',
      time: '15:30',
      place: 'Riverbend Middle School, room 12',
      addressLines: ['500 River Road', 'Pekin, IL 61554'],
    },
    respondBy: '2026-02-20',
  }),
  'improvement-plan': () => ({
    ...everyone,
    ...family,
    signatory: { name: caseManager.name, title: 'Case Manager' },
    date: '2026-02-25',
    plan: {
      madeOn: '2026-02-24',
      revised: false,
      from: '2026-02-25',
      to: '2026-05-22',
      goals: [
        'Linh is in school every day, on time, for the next four weeks.',
        'Linh talks with the counselor once a week.',
      ],
      supports: [
        { what: 'A seat on the early bus', who: 'Dana Whitfield, school' },
        { what: 'Help with math after school on Tuesdays', who: 'school' },
        { what: 'A call on Monday mornings', who: 'Jordan Ellis, Case Manager' },
      ],
      reviews: ['2026-03-11', '2026-03-25', '2026-04-22'],
      nextStep: 'hearing',
    },
  }),
  'hearing-notice': () => ({
    ...everyone,
    ...family,
    signatory: superintendent,
    date: '2026-02-19',
    count: hearingCount(),
    interventions: interventionsSinceThird,
    history: [first, second, third],
    dispute: { until: '2026-03-03', contact },
    hearing: {
      ...hearingPlace,
      date: '2026-03-10',
      time: '09:30',
      interpreter: null,
      accommodation: null,
      askBy: '2026-03-05',
      contact: caseManager,
    },
  }),
  'hearing-moved': () => ({
    ...everyone,
    ...family,
    signatory: superintendent,
    date: '2026-03-02',
    count: { ...hearingCount(), knownUpTo: '2026-02-27' },
    interventions: interventionsSinceThird,
    history: [first, second, third, hearingNotice],
    dispute: { until: '2026-03-16', contact },
    about: hearingNotice,
    hearing: {
      ...hearingPlace,
      date: '2026-03-24',
      time: '14:00',
      interpreter: 'Vietnamese',
      accommodation: 'entrance without steps from the parking lot',
      askBy: '2026-03-19',
      contact: caseManager,
      movedFrom: { date: '2026-03-10', time: '09:30', place: hearingPlace.place },
      continued: false,
    },
  }),
  'hearing-cancelled': () => ({
    ...everyone,
    ...family,
    signatory: superintendent,
    date: '2026-03-04',
    about: hearingNotice,
    hearing: { date: '2026-03-10', time: '09:30', place: hearingPlace.place },
  }),
  order: () => ({
    ...everyone,
    ...family,
    signatory: superintendent,
    date: '2026-03-12',
    count: orderCount(),
    history: [first, second, third],
    dispute: { until: '2026-03-20', contact },
    order: {
      county: 'Tazewell',
      hearing: { date: '2026-03-10', time: '09:30', place: 'Regional Office of Education #53' },
      parentAppeared: true,
      appeared: [
        { name: 'Evelyn Marsh', role: 'Regional Superintendent of Schools' },
        { name: 'Maria Nguyễn', role: 'mother' },
        { name: 'Linh Nguyễn', role: 'student' },
        { name: 'Jordan Ellis', role: 'Case Manager' },
      ],
      proofOfNotice: {
        sentOn: '2026-02-19',
        channel: 'print',
        proof: 'mailing list of February 19, 2026, line 3',
      },
      returnDate: '2026-03-13',
      terms: [],
      services: [
        'Individual attendance improvement plan with the Case Manager',
        'Meeting with the school counselor each week',
      ],
      reviewDate: '2026-04-14',
    },
  }),
  'state-attorney-referral': () => ({
    ...everyone,
    signatory: { name: 'Jordan Ellis', title: 'Case Manager' },
    date: '2026-04-02',
    count: {
      ...orderCount(),
      days: 11,
      asOf: '2026-04-01',
      knownUpTo: '2026-03-31',
      window: { from: '2025-04-10', to: '2026-03-31', attendanceDays: 180 },
      dates: [...orderCount().dates, day('2026-03-18'), day('2026-03-25', 0.5)],
    },
    history: [first, second, third, hearingNotice, order],
    court: {
      county: 'Tazewell',
      attorney: {
        name: 'Morgan Adeyemi',
        title: 'State’s Attorney of Tazewell County',
        addressLines: ['342 Court Street, Suite 6', 'Pekin, IL 61554'],
      },
      birthDate: '2013-05-21',
      custodians: [
        {
          name: 'Maria Nguyễn',
          relation: 'mother',
          addressLines: ['1207 Elm Street, Apt 3', 'Pekin, IL 61554'],
        },
        {
          name: 'Daniel O’Brien',
          relation: 'stepfather',
          addressLines: ['1207 Elm Street, Apt 3', 'Pekin, IL 61554'],
        },
      ],
      hearingDate: '2026-03-10',
      parentAppeared: true,
      orderDate: '2026-03-10',
      returnDate: '2026-03-13',
      breaches: [day('2026-03-18'), day('2026-03-25', 0.5)],
      reason: null,
      services: [
        {
          date: '2026-02-20',
          what: 'Individual attendance improvement plan',
          outcome: 'agreed, two of five goals met',
        },
        { date: '2026-03-16', what: 'Weekly meeting with the school counselor', outcome: 'attended once' },
      ],
      missing: ['no referral to an outside agency is on record'],
      exhibits: [
        { label: 'A', title: 'Attendance record, certified by its keeper' },
        { label: 'B', title: 'Three notices with proof of delivery' },
        { label: 'C', title: 'Hearing notice and order' },
        { label: 'D', title: 'Contacts, interventions and services' },
        { label: 'E', title: 'Certification that supportive services were provided' },
      ],
    },
  }),
  'closing-thanks': () => ({
    ...everyone,
    ...family,
    signatory: { name: caseManager.name, title: 'Case Manager' },
    date: '2026-05-06',
    closing: { on: '2026-05-05', cleanDays: 45, knownUpTo: '2026-05-04' },
  }),
  correction: () => ({
    ...everyone,
    ...family,
    signatory: assistant,
    date: '2026-02-05',
    about: second,
    said: {
      asOf: '2026-01-29',
      days: 6.5,
      changes: [
        { date: '2026-01-13', said: 1, now: 0 },
        { date: '2026-01-22', said: 1, now: 0.5 },
      ],
    },
    count: {
      ...countOf(4, '2026-02-04', '2026-02-03'),
      days: 6,
      dates: [...countOf(4, '', '').dates, day('2026-01-22', 0.5), day('2026-02-03')],
    },
    dispute: { until: '2026-02-20', contact },
  }),
  withdrawal: () => ({
    ...everyone,
    ...family,
    signatory: assistant,
    date: '2026-02-05',
    about: second,
  }),
  'monitor-contract': () => ({
    ...department,
    ...family,
    child: everyone.child,
    date: '2026-03-03',
    caseNumber: 'M-000017',
    monitor: { from: '2026-03-04', to: '2026-03-31', schoolDays: 20, unexplainedDays: 3 },
    counselor: { name: 'Priya Raman', phone: '309-555-0181', email: null },
  }),
  'door-note': () => ({
    ...department,
    ...family,
    date: '2026-03-03',
    caseNumber: 'S-000204',
    visit: { date: '2026-03-03', time: '10:20' },
    respondBy: '2026-03-05',
  }),
  'address-findings': () => ({
    ...department,
    child: everyone.child,
    schoolAddressLines: ['500 River Road', 'Pekin, IL 61554'],
    date: '2026-03-04',
    caseNumber: 'S-000205',
    visit: { date: '2026-03-03', time: '16:45' },
    addressOfRecord: ['1207 Elm Street, Apt 3', 'Pekin, IL 61554'],
    reason: 'returned-mail',
    finding: 'not-confirmed',
    observations: [
      'A neighbor said that the family moved out in February.',
      'The name at the mailbox is another one.',
    ],
  }),
};

/** What a person types, as a person who writes in Spanish types it. */
const IN_SPANISH: { readonly [K in LetterKind]?: (context: LetterContext<K>) => LetterContext<K> } = {
  'improvement-plan': (context) => ({
    ...context,
    plan: {
      ...context.plan,
      goals: [
        'Linh va a la escuela todos los días, a tiempo, durante las próximas cuatro semanas.',
        'Linh habla con la consejería una vez por semana.',
      ],
      supports: [
        { what: 'Un asiento en el autobús temprano', who: 'Dana Whitfield, escuela' },
        { what: 'Ayuda con matemáticas después de clases, los martes', who: 'escuela' },
        { what: 'Una llamada los lunes por la mañana', who: 'Jordan Ellis, Responsable del caso' },
      ],
    },
  }),
  'hearing-moved': (context) => ({
    ...context,
    hearing: { ...context.hearing, accommodation: 'entrada sin escalones desde el estacionamiento' },
  }),
  order: (context) => ({
    ...context,
    order: {
      ...context.order,
      proofOfNotice: {
        ...context.order.proofOfNotice,
        proof: 'lista de correo del 19 de febrero de 2026, línea 3',
      },
    },
  }),
  'state-attorney-referral': (context) => ({
    ...context,
    court: {
      ...context.court,
      attorney: { ...context.court.attorney, title: 'Fiscal Estatal del Condado de Tazewell' },
      services: [
        {
          date: '2026-02-20',
          what: 'Plan individual de mejora de asistencia',
          outcome: 'acordado, se lograron dos de cinco metas',
        },
        {
          date: '2026-03-16',
          what: 'Reunión semanal con la consejería escolar',
          outcome: 'asistió una vez',
        },
      ],
      missing: ['no consta ninguna remisión a una institución externa'],
      exhibits: [
        { label: 'A', title: 'Registro de asistencia, certificado por su responsable' },
        { label: 'B', title: 'Tres avisos con comprobante de entrega' },
        { label: 'C', title: 'Aviso de audiencia y orden' },
        { label: 'D', title: 'Contactos, intervenciones y servicios' },
        { label: 'E', title: 'Certificación de que se ofrecieron servicios de apoyo' },
      ],
    },
  }),
  'address-findings': (context) => ({
    ...context,
    observations: ['Un vecino dijo que la familia se mudó en febrero.', 'El nombre en el buzón es otro.'],
  }),
};

/**
 * A complete context of this kind about people who do not exist. A fresh copy each time. In another language than English
 * only what people type differs: titles, services and the like are translated when the letter is made.
 */
export function sampleContext<K extends LetterKind>(
  kind: K,
  language: LetterLanguage = 'en',
): LetterContext<K> {
  // Through JSON: the copy shares no object within itself, so changing one contact changes only that one.
  const context = JSON.parse(JSON.stringify(SAMPLES[kind]())) as LetterContext<K>;
  return language === 'es' ? (IN_SPANISH[kind]?.(context) ?? context) : context;
}
