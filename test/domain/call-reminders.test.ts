/** Who owes a call an answer is asked again, in school days, until it is there. */
import { describe, expect, it } from 'vitest';
import { DAY, PaperCall } from '../support/paper-call.ts';

const officer = 'O-0001';

/** The visit is over; the school and the counselor have been asked on Wednesday the 12th. The 17th is a holiday. */
function asked(): PaperCall {
  return new PaperCall('police-transport')
    .offered()
    .do({ type: 'accept-offer', officer })
    .do({ type: 'start-visit', officer })
    .do({ type: 'arrive', officer })
    .do({ type: 'record-step', officer, step: 'transport', note: 'Drove the student to school.' })
    .do({ type: 'leave', officer })
    .do({ type: 'record-step', officer, step: 'ask-ct' })
    .do({ type: 'record-step', officer, step: 'log-note', note: 'Brought to school.' })
    .do({ type: 'record-step', officer, step: 'consider-monitor', result: 'not-needed' })
    .do({ type: 'record-step', officer, step: 'connect-counselor' });
}

/** Each school day at eight, one after the other. */
function through(call: PaperCall, ...dates: string[]): string[] {
  return dates.flatMap((date) => {
    const before = call.entries.length;
    call.time('08:00', date);
    return call.entries
      .slice(before)
      .flatMap((entry) => (entry.type === 'step-reminded' ? [`${date} ${entry.step}`] : []));
  });
}

describe('a question nobody answers', () => {
  it('is asked again after so many school days, and again: the school after two, the counselor after three', () => {
    expect(
      through(asked(), '2025-02-13', '2025-02-14', '2025-02-17', '2025-02-18', '2025-02-19', '2025-02-21'),
    ).toEqual([
      '2025-02-14 ask-ct',
      '2025-02-18 connect-counselor',
      '2025-02-19 ask-ct',
      '2025-02-21 ask-ct',
      '2025-02-21 connect-counselor',
    ]);
  });

  it('is not asked again once the counselor has said what came of it and the mark is there', () => {
    const call = asked()
      .do({ type: 'counselor-word', note: 'Met during lunch.' })
      .fact({ type: 'attendance', truantDays: [DAY] });
    expect(through(call, '2025-02-14', '2025-02-18', '2025-02-21', '2025-03-14')).toEqual([]);
  });
});
