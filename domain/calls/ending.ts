/** How offers and visits end: whoever was to go along is free when nobody leads any more, and may lead themselves. */
import type { CallEntryBody } from './entries.ts';
import { liveOffers, openVisits, secondOffer, type CallState, type Offer, type OfferEnd } from './state.ts';

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

/** Visits under way and live offers, ended. */
export function endingOf(
  state: CallState,
  how: 'handed-over' | 'withdrawn' | 'done',
  reason: string | null,
): CallEntryBody[] {
  return [
    ...openVisits(state).map((visit) => ({ type: 'left' as const, ...whose(visit) })),
    ...liveOffers(state).map((live) => ({ type: 'offer-ended' as const, ...whose(live), how, reason })),
  ];
}

export function whose({ nth, officer }: { readonly nth: number; readonly officer: string }) {
  return { nth, officer };
}
