/**
 * In Spanish: the words that our own policy, rules and example office put into letters in English (titles, kinds of
 * intervention, services, notes on a count). What an office words in its own way it translates in its profile.
 */
import type { IsoDate } from '../../domain/dates.ts';

/** By their English, in small letters. */
const PHRASES: Readonly<Record<string, string>> = {
  // Titles and parts that people have.
  'assistant regional superintendent': 'Superintendente Regional Asistente',
  'regional superintendent': 'Superintendente Regional',
  'regional superintendent of schools': 'Superintendente Regional de Escuelas',
  'case manager': 'Responsable del caso',
  'attendance officer': 'Agente de Asistencia Escolar',
  'as recorded at the hearing': 'según consta en la audiencia',
  mother: 'madre',
  father: 'padre',
  stepmother: 'madrastra',
  stepfather: 'padrastro',
  grandmother: 'abuela',
  grandfather: 'abuelo',
  guardian: 'tutor o tutora',
  student: 'estudiante',
  school: 'escuela',
  counselor: 'consejería escolar',
  // Kinds of intervention.
  'phone call with parent': 'llamada telefónica con la madre, el padre o el tutor',
  'phone call with a parent': 'llamada telefónica con la madre, el padre o el tutor',
  'letter home': 'carta enviada a la casa',
  'letter sent home': 'carta enviada a la casa',
  'conversation with student': 'conversación con el estudiante',
  'conversation with the student': 'conversación con el estudiante',
  'home visit': 'visita a la casa',
  'meeting with parent and student': 'reunión con la familia y el estudiante',
  'meeting with parents or student': 'reunión con la familia o el estudiante',
  'school intervention staffing': 'reunión del equipo de intervención de la escuela',
  'incentive program': 'programa de incentivos',
  other: 'otra medida',
  // What offices offer.
  'attendance improvement plan': 'plan de mejora de asistencia',
  'individual attendance improvement plan': 'plan individual de mejora de asistencia',
  'individual attendance improvement plan with the case manager':
    'plan individual de mejora de asistencia con la persona responsable del caso',
  'meeting with the school counselor each week': 'reunión cada semana con la consejería escolar',
  'family counseling': 'consejería familiar',
  counseling: 'consejería',
  mentoring: 'mentoría',
  tutoring: 'tutoría',
  'help with transport': 'ayuda con el transporte',
  // Interpreters.
  spanish: 'español',
  english: 'inglés',
  polish: 'polaco',
  vietnamese: 'vietnamita',
  arabic: 'árabe',
  chinese: 'chino',
  french: 'francés',
  russian: 'ruso',
  ukrainian: 'ucraniano',
  tagalog: 'tagalo',
  'no attendance has arrived yet': 'todavía no ha llegado ningún registro de asistencia',
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** As `shortDate` writes it: Thu 12 Feb 2026. */
const SHORT_DATE = String.raw`\w{3} \d{1,2} \w{3} \d{4}`;

type Words = (groups: string[], date: (short: string) => string) => string;
const days = (n: string, one: string, many: string): string => `${n} ${n === '1' ? one : many}`;

/** Sentences with a number or a date in them. */
const PATTERNS: readonly (readonly [RegExp, Words])[] = [
  [
    /^calendar known for only (\d+) of (\d+) attendance days; absences before them are left out$/,
    ([known = '', all = '']) =>
      `solo se conoce el calendario de ${known} de ${all} días de asistencia; las ausencias anteriores no se cuentan`,
  ],
  [
    new RegExp(`^calendar known up to (${SHORT_DATE}); school days after it are not in the window$`),
    ([last = ''], date) =>
      `se conoce el calendario hasta el ${date(last)}; no se incluyen los días de clases posteriores`,
  ],
  [
    new RegExp(
      `^no school day known between (${SHORT_DATE}) and (${SHORT_DATE}): a calendar may be missing$`,
    ),
    ([from = '', to = ''], date) =>
      `no se conoce ningún día de clases entre el ${date(from)} y el ${date(to)}: puede faltar un calendario`,
  ],
  [
    new RegExp(`^attendance known up to (${SHORT_DATE}) only: (\\d+) school days? after it not covered$`),
    ([upTo = '', n = ''], date) =>
      `se conoce la asistencia solo hasta el ${date(upTo)}: ${days(n, 'día de clases posterior no está incluido', 'días de clases posteriores no están incluidos')}`,
  ],
  [
    new RegExp(
      `^attendance known from (${SHORT_DATE}) on; (\\d+) school days? of the window before it not covered$`,
    ),
    ([from = '', n = ''], date) =>
      `se conoce la asistencia a partir del ${date(from)}: ${days(n, 'día de clases anterior no está incluido', 'días de clases anteriores no están incluidos')}`,
  ],
  [
    new RegExp(`^attendance of (${SHORT_DATE}) not known$`),
    ([on = ''], date) => `no se conoce la asistencia del ${date(on)}`,
  ],
  [
    new RegExp(`^attendance not known for (\\d+) school days between (${SHORT_DATE}) and (${SHORT_DATE})$`),
    ([n = '', from = '', to = ''], date) =>
      `no se conoce la asistencia de ${n} días de clases entre el ${date(from)} y el ${date(to)}`,
  ],
  [
    new RegExp(`^accepted by the mail server on (${SHORT_DATE})$`),
    ([on = ''], date) => `aceptado por el servidor de correo el ${date(on)}`,
  ],
  [
    new RegExp(`^posted by the office on (${SHORT_DATE})$`),
    ([on = ''], date) => `enviado por correo por la oficina el ${date(on)}`,
  ],
  [/^in the paper file of the case$/, () => 'en el expediente en papel del caso'],
  [/^Attendance office, (.+)$/, ([school = '']) => `Oficina de asistencia, ${school}`],
];

/** The Spanish of something supplied in English; null where there is none. */
export function inSpanish(text: string, plainDate: (date: IsoDate) => string): string | null {
  const phrase = PHRASES[text.toLowerCase()];
  if (phrase !== undefined)
    return /^\p{Lu}/u.test(text) ? phrase.replace(/^./u, (c) => c.toUpperCase()) : phrase;
  const date = (short: string): string => {
    const [, day = '', month = '', year = ''] = /(\d+) (\w{3}) (\d{4})$/.exec(short) ?? [];
    const two = (n: number) => String(n).padStart(2, '0');
    return plainDate(`${year}-${two(MONTHS.indexOf(month) + 1)}-${two(Number(day))}`);
  };
  for (const [pattern, words] of PATTERNS) {
    const match = pattern.exec(text);
    if (match) return words(match.slice(1), date);
  }
  return null;
}
