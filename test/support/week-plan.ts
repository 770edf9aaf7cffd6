/** What comes in during a week, drawn from its seed: calls, who takes one back, when workers are killed. */
import type { CallOpening } from '../../client/services/call-intake.ts';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { Chance } from '../../examples/generate/chance.ts';
import type { WeekOptions } from './week-options.ts';

/** A call that will come in. */
export interface Coming {
  readonly n: number;
  readonly day: number;
  readonly minute: number;
  readonly kind: CallKind;
  /** Taken back after so many minutes. */
  readonly cancelled: number | null;
}

/** Which calls come when; more in the first half of a day. */
export function planned({ calls, days, dayMinutes }: WeekOptions, draw: Chance): Coming[] {
  return Array.from({ length: calls }, (_, n): Coming => {
    const kind = draw.next();
    return {
      n,
      day: Math.floor((n * days) / calls),
      minute: Math.floor(draw.next() * draw.next() * dayMinutes * 0.9),
      kind:
        kind < 0.2
          ? 'police-transport'
          : kind < 0.5
            ? 'true-refusal'
            : kind < 0.78
              ? 'mia-visit'
              : 'address-verification',
      cancelled: draw.next() < 0.04 ? 5 + draw.below(40) : null,
    };
  });
}

/** Killed workers of a day, spread over the days. */
export function killsOn(day: number, days: number, kills: number): number[] {
  return Array.from({ length: kills }, (_, n) => Math.floor(((n + 0.5) * days) / kills)).filter(
    (on) => on === day,
  );
}

/** What the page asks for, said by whoever calls. */
export function opening(kind: CallKind, student: string | null): CallOpening {
  const of = student === null ? {} : { student };
  switch (kind) {
    case 'police-transport':
      return { kind, caller: 'police', police: { place: 'Court Street at 5th' }, ...of };
    case 'true-refusal':
      return { kind, caller: 'school', parentCalled: { time: '08:05' }, parentHome: true, ...of };
    case 'mia-visit':
      return { kind, caller: 'school', aukDays: 6, ...of };
    case 'address-verification': {
      const address = { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
      return { kind, caller: 'school', reason: 'audit', address, ...of };
    }
  }
}
