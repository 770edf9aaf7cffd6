import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../domain/dates.ts';
import {
  checkHours,
  inTheWay,
  minutesAt,
  overlap,
  placeAsListed,
  slotsOn,
  timeOf,
  USUAL_MINUTES,
  type HearingHours,
} from '../../domain/docket.ts';

const TUESDAY = '2025-11-18';
const room: HearingHours = {
  place: 'Courthouse, room 2',
  weekday: 2,
  from: '09:00',
  until: '10:45',
  slotMinutes: 30,
};
const code = (work: () => void) => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('slots', () => {
  it('are cut from the hours of that weekday; the last one ends by their end', () => {
    expect(slotsOn([room], TUESDAY).map((slot) => slot.time)).toEqual(['09:00', '09:30', '10:00']);
    expect(slotsOn([room], addDays(TUESDAY, 1))).toEqual([]);
  });

  it('of several places come by time, then by place', () => {
    const annex = { ...room, place: 'Annex', from: '09:30', until: '10:00' };
    expect(slotsOn([room, annex], TUESDAY).map((slot) => `${slot.time} ${slot.place}`)).toEqual([
      '09:00 Courthouse, room 2',
      '09:30 Annex',
      '09:30 Courthouse, room 2',
      '10:00 Courthouse, room 2',
    ]);
  });

  it('of one place are never in each other’s way, and fill their hours', () => {
    const hours = fc.record({
      start: fc.integer({ min: 0, max: 1200 }),
      length: fc.integer({ min: 5, max: 239 }),
      slotMinutes: fc.integer({ min: 5, max: 120 }),
    });
    fc.assert(
      fc.property(hours, ({ start, length, slotMinutes }) => {
        const one = { ...room, from: timeOf(start), until: timeOf(start + length), slotMinutes };
        const slots = slotsOn([one], TUESDAY);
        expect(slots).toHaveLength(Math.floor(length / slotMinutes));
        for (const [n, slot] of slots.entries()) {
          const others = slots.filter((_, m) => m !== n).map((other) => ({ ...other, interpreter: null }));
          expect(inTheWay(others, slot, null)).toBeNull();
        }
      }),
    );
  });

  it('two hearings overlap both ways or neither, and always with themselves', () => {
    const hearing = fc.record({
      time: fc.integer({ min: 0, max: 1439 }).map(timeOf),
      minutes: fc.integer({ min: 1, max: 240 }),
    });
    fc.assert(
      fc.property(hearing, hearing, (a, b) => {
        expect(overlap(a, b)).toBe(overlap(b, a));
        expect(overlap(a, a)).toBe(true);
      }),
    );
  });

  it('a hearing takes as long as the hours of its place say, else the usual time', () => {
    const at = (time: string, place = room.place) =>
      minutesAt([{ ...room, slotMinutes: 45 }], { place, date: TUESDAY, time });
    expect([at('09:10'), at('11:00'), at('09:10', 'Annex')]).toEqual([45, USUAL_MINUTES, USUAL_MINUTES]);
  });
});

describe('what is in the way', () => {
  const taken = [{ place: 'Annex', date: TUESDAY, time: '09:00', minutes: 30, interpreter: 'Spanish' }];
  const wanted = { place: room.place, date: TUESDAY, time: '09:15', minutes: 30 };

  it('the same interpreter at another place, however written; not another day, not another language', () => {
    expect(inTheWay(taken, wanted, '  SPANISH ')?.what).toBe('interpreter');
    expect(inTheWay(taken, wanted, 'Polish')).toBeNull();
    expect(inTheWay(taken, wanted, null)).toBeNull();
    expect(inTheWay(taken, { ...wanted, date: addDays(TUESDAY, 1) }, 'Spanish')).toBeNull();
    expect(inTheWay(taken, { ...wanted, place: 'Annex' }, null)?.what).toBe('place');
  });
});

describe('hours', () => {
  it('no slot fits into are refused, and so are hours that cross others of the place', () => {
    expect(code(() => checkHours([], { ...room, until: '09:20' }))).toBe('BAD_HOURS');
    expect(code(() => checkHours([], { ...room, from: '9 am' }))).toBe('BAD_HOURS');
    expect(code(() => checkHours([], { ...room, slotMinutes: 2 }))).toBe('BAD_HOURS');
    expect(code(() => checkHours([room], { ...room, from: '10:00', until: '12:00' }))).toBe('HOURS_CROSS');
    expect(code(() => checkHours([room], { ...room, from: '10:45', until: '12:00' }))).toBe('fine');
    expect(code(() => checkHours([room], { ...room, weekday: 3 }))).toBe('fine');
    expect(code(() => checkHours([room], { ...room, until: '12:00' }))).toBe('fine');
  });

  it('two spellings of a room are one room', () => {
    expect(placeAsListed([room], ' courthouse,  ROOM 2 ')).toBe(room.place);
    expect(placeAsListed([room], ' The  Annex')).toBe('The Annex');
  });
});
