/**
 * Spanish as school offices in the United States write it to families: usted, plain words, the decimal point and the
 * twelve-hour clock that everything else in their lives uses. Where the law has a term, one Spanish term stands for it
 * everywhere: "truant" is “ausentismo injustificado”, "chronic or habitual truant" “ausentismo injustificado crónico o
 * habitual”; the plain fact is always "ausencia injustificada".
 */
import { weekday } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { LetterWords } from './language.ts';
import { inSpanish } from './es-phrases.ts';

const WEEKDAYS = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo'];
const MONTHS = [
  'enero',
  'febrero',
  'marzo',
  'abril',
  'mayo',
  'junio',
  'julio',
  'agosto',
  'septiembre',
  'octubre',
  'noviembre',
  'diciembre',
];

const number = (value: number): string => String(Math.round(value * 100) / 100);

function plainDate(date: IsoDate): string {
  const [year, month, day] = date.split('-');
  return `${Number(day)} de ${MONTHS[Number(month) - 1]} de ${year}`;
}

function time(text: string): string {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  const minutes = String(minute).padStart(2, '0');
  // The blank is a hard one: "a." and "m." stay on one line.
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'a.\u00a0m.' : 'p.\u00a0m.'}`;
}

/** "y" before the sound of i becomes "e": Ana e Inés; not before "hie" or "hia": agua y hielo. */
function and(next: string): 'y' | 'e' {
  return /^(i|í|hi(?![aeo])|hí)/i.test(next) ? 'e' : 'y';
}

export const spanish: LetterWords = {
  tag: 'es-US',
  longDate: (date) => `${WEEKDAYS[weekday(date) - 1]}, ${plainDate(date)}`,
  plainDate,
  time,
  atTime: (text) => `${Number(text.split(':')[0]) % 12 === 1 ? 'a la' : 'a las'} ${time(text)}`,
  number,
  days: (value) => (number(value) === '1' ? '1 día' : `${number(value)} días`),
  list(items) {
    const last = items.at(-1) ?? '';
    return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${and(last)} ${last}`;
  },
  noticeName: {
    'first-notice': 'Primer aviso',
    'second-notice': 'Segundo aviso',
    'third-notice': 'Tercer aviso',
    'caseload-invitation': 'Invitación a reunirse con la persona responsable del caso',
    'improvement-plan': 'Plan de mejora de asistencia',
    'hearing-notice': 'Aviso de audiencia',
    'hearing-moved': 'Carta sobre la nueva fecha de la audiencia',
    'hearing-cancelled': 'Carta que cancela la audiencia',
    order: 'Orden después de la audiencia',
    'state-attorney-referral': 'Remisión a la Fiscalía Estatal',
    'closing-thanks': 'Carta de cierre del caso',
    correction: 'Carta de corrección',
    withdrawal: 'Carta que deja sin efecto otra carta',
    'monitor-contract': 'Contrato de seguimiento de 20 días',
    'door-note': 'Nota dejada en la puerta',
    'address-findings': 'Resultado de la verificación de un domicilio',
  },
  letterName: {
    'first-notice': 'nuestro primer aviso',
    'second-notice': 'nuestro segundo aviso',
    'third-notice': 'nuestro tercer aviso',
    'caseload-invitation': 'nuestra invitación a una reunión',
    'improvement-plan': 'nuestro plan de mejora de asistencia',
    'hearing-notice': 'nuestro aviso de audiencia',
    'hearing-moved': 'nuestra carta sobre la nueva fecha de la audiencia',
    'hearing-cancelled': 'nuestra carta que cancela la audiencia',
    order: 'nuestra orden después de la audiencia',
    'state-attorney-referral': 'nuestra remisión a la Fiscalía Estatal',
    'closing-thanks': 'nuestra carta de cierre del caso',
    correction: 'nuestra carta de corrección',
    withdrawal: 'nuestra carta que deja sin efecto otra carta',
    'monitor-contract': 'nuestro contrato de seguimiento',
    'door-note': 'nuestra nota',
    'address-findings': 'nuestro resultado sobre un domicilio',
  },
  channelName: { email: 'por correo electrónico', print: 'por correo postal', hand: 'en mano' },
  page: (page, of) => `Página ${page} de ${of}`,
  caseLabel: 'Caso',
  numberLabel: 'Núm.',
  practiceBanner: 'PRÁCTICA – esta no es una carta real. No hay que hacer nada.',
  practiceSubject: 'PRÁCTICA: ',
  copy: 'COPIA',
  supplied: (text) => inSpanish(text, plainDate),
};
