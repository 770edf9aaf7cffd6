/** How an offer ends: whoever was to go along is free when nobody leads any more, and may lead themselves. */
import type { CallEntryBody } from './entries.ts';
import { secondOffer, type CallState, type Offer, type OfferEnd } from './state.ts';

export function endOfOffer(
  state: CallState,
  offer: Offer,
  how: OfferEnd,
  reason: string | null,
): CallEntryBody[] {
  const second = offer.part === 2 ? undefined : secondOffer(state);
  return [
    { type: 'offer-ended', nth: offer.nth, officer: offer.officer, how, reason },
    ...(second
      ? [
          {
            ...{ type: 'offer-ended' as const, nth: second.nth, officer: second.officer },
            ...{ how: 'withdrawn' as const, reason: 'nobody leads at the moment' },
          },
        ]
      : []),
  ];
}
