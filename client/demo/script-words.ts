/** What a script makes school and office do, in sentences: said before a year is lived through. */
import { shortDate } from '../../domain/dates.ts';
import type { Script } from '../../domain/script.ts';

export function scriptInWords(script: Script): string[] {
  const { interventions, referrals, hearing, order, court, office, calendar, feed } = script;
  const kinds = interventions.afterEachUnexcusedDay;
  return [
    kinds.length === 0
      ? 'The school logs no interventions.'
      : `After each new unexcused day the school logs an intervention, in turn: ${kinds.join(', ')}.`,
    referrals.asSoonAsPossible ? 'It refers as soon as the rules allow.' : 'It makes no referrals.',
    `A hearing is set as soon as the rules allow, on the first school day at least ${hearing.daysAhead} days after its notice leaves, ${hearing.time}, ${hearing.place}; it is ${hearing.outcome === 'held' ? `held with ${hearing.appeared}` : 'held in the parent’s absence'}, and the order issued (${order.services.join(', ') || 'no services named'}).`,
    court.referWhenBroken
      ? 'A broken order is referred to the State’s Attorney.'
      : 'Broken orders are not referred to court.',
    `Prints ${office.postsPrints ? 'are posted the same day' : 'are not posted'}; mails of unknown outcome ${office.settlesUnknownMail ? 'are settled the same day, from the catcher' : 'stay unsettled'}.`,
    ...calendar.map(
      (change) =>
        `On ${shortDate(change.on)}: ${change.change === 'close' ? 'no school' : 'a make-up day'} on ${shortDate(change.date)}${change.school ? ` at ${change.school}` : ''} (${change.reason}).`,
    ),
    ...feed.stops.map(
      (stop) =>
        `From ${shortDate(stop.from)} no attendance arrives for ${stop.schoolDays} school days${stop.catchUp ? '; it comes later' : ''}.`,
    ),
  ];
}
