/** Planned duty times: read as people write them, refused with the mend, and when duty that begins now is planned to end. */
import { describe, expect, it } from 'vitest';
import { dutyWords, parseDutyTimes, plannedEnd } from '../../domain/duty-times.ts';

const MONDAY = '2025-02-10';
const FRIDAY = '2025-02-14';
const SATURDAY = '2025-02-15';

function fault(...texts: string[]): string {
  try {
    parseDutyTimes(texts);
  } catch (error) {
    return String(error);
  }
  return 'no fault';
}

describe('duty times', () => {
  it('are read by days and times, and written as they were read', () => {
    expect(parseDutyTimes(['wed 08:00-12:00'])).toEqual([{ weekday: 3, from: '08:00', to: '12:00' }]);
    for (const words of [
      ['mon-fri 07:30-15:30'],
      ['mon-wed,fri 07:30-15:30', 'thu 12:00-20:00'],
      ['mon,tue 07:30-11:30', 'mon,tue 12:30-15:30'],
      ['fri 22:00-24:00', 'sat 00:00-06:00'],
    ]) {
      expect(dutyWords(parseDutyTimes(words))).toEqual(words);
    }
    expect(dutyWords(parseDutyTimes([' SAT,mon-tue  07:30-15:30 ']))).toEqual(['mon,tue,sat 07:30-15:30']);
    expect(dutyWords(parseDutyTimes([]))).toEqual([]);
  });

  it('that cannot be are refused once, with the place and the mend', () => {
    expect(fault('always')).toBe(
      'InputFault: --duty "always": write days and times, e.g. "mon-fri 07:30-15:30" or "mon,wed 08:00-12:00"',
    );
    expect(fault('mon-fri 15:30-07:30')).toContain('07:30 does not come after 15:30; a night is two times');
    expect(fault('mon-fri 07:30-07:30')).toContain('does not come after');
    expect(fault('mon 07:30-25:00')).toContain('25:00 is no time of day');
    expect(fault('mon 24:00-24:00')).toContain('does not come after');
    expect(fault('mon-someday 07:30-15:30')).toContain('"mon-someday" is no day; days are mon, tue');
    expect(fault('fri-mon 07:30-15:30')).toContain('runs backwards');
    expect(fault('mon,mon-fri 07:30-15:30')).toContain('twice');
    expect(fault('mon-fri 07:30-15:30', 'wed 15:00-18:00')).toBe(
      'InputFault: --duty: wed 07:30-15:30 and 15:00-18:00 overlap; give each time of a day once',
    );
  });
});

describe('duty that begins now is planned to end', () => {
  const week = parseDutyTimes(['mon-fri 07:30-11:30', 'mon-thu 12:30-15:30']);
  const at = (time: string, date = MONDAY) => plannedEnd(week, { date, time });

  it('with the time it falls into; before it, with the next of the day', () => {
    expect(at('07:30')).toEqual({ date: MONDAY, time: '11:30' });
    expect(at('07:05')).toEqual({ date: MONDAY, time: '11:30' });
    expect(at('11:30')).toEqual({ date: MONDAY, time: '15:30' });
    expect(at('12:00')).toEqual({ date: MONDAY, time: '15:30' });
  });

  it('never, after the last of the day, on a day without one, or where nothing is planned', () => {
    expect(at('15:30')).toBeNull();
    expect(at('12:00', FRIDAY)).toBeNull();
    expect(at('09:00', SATURDAY)).toBeNull();
    expect(plannedEnd([], { date: MONDAY, time: '09:00' })).toBeNull();
  });

  it('after midnight, where times follow on each other', () => {
    const night = parseDutyTimes(['fri 22:00-24:00', 'sat 00:00-06:00', 'sun 22:00-24:00']);
    expect(plannedEnd(night, { date: FRIDAY, time: '21:50' })).toEqual({ date: SATURDAY, time: '06:00' });
    expect(plannedEnd(night, { date: '2025-02-16', time: '23:00' })).toEqual({
      date: '2025-02-16',
      time: '24:00',
    });
    const always = parseDutyTimes(['mon-sun 00:00-24:00']);
    expect(plannedEnd(always, { date: MONDAY, time: '09:00' })).toBeNull();
  });
});
