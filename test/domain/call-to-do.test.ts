/** What a call asks of whom, and by which command: for a school that wonders what it must do, and for whoever has the call. */
import { describe, expect, it } from 'vitest';
import { toDo } from '../../domain/calls/to-do.ts';
import { DAY, NEXT, PaperCall } from '../support/paper-call.ts';

const officer = 'O-0001';
const asked = (one: PaperCall) => toDo(one.state).map(({ whom, command }) => `${whom}: ${command ?? ''}`);
const been = () =>
  new PaperCall('true-refusal')
    .offered()
    .do({ type: 'accept-offer', officer })
    .do({ type: 'start-visit', officer })
    .do({ type: 'arrive', officer })
    .do({ type: 'record-step', officer, step: 'home-visit', note: 'spoke at the door' })
    .do({ type: 'leave', officer });

describe('what a call asks of whom', () => {
  it('is the way of the officer, one command after the other', () => {
    const call = new PaperCall('true-refusal').offered();
    const officers = () => asked(call).filter((one) => one.startsWith('attendance-officer'));
    expect(officers()).toEqual(['attendance-officer: call accept --call S-000001']);
    call.do({ type: 'accept-offer', officer });
    expect(officers()).toEqual(['attendance-officer: call start --call S-000001']);
    call.do({ type: 'start-visit', officer });
    expect(officers()).toEqual(['attendance-officer: call arrive --call S-000001']);
    call.do({ type: 'arrive', officer });
    expect(officers()).toEqual([
      'attendance-officer: call step --call S-000001 --step home-visit --note "…"',
      'attendance-officer: call leave --call S-000001',
    ]);
  });

  it('of the school: its mark, with the day and the code, until it has arrived', () => {
    const call = been();
    expect(asked(call)).toEqual(['attendance-officer: call step --call S-000001 --step ask-ct']);
    call.do({ type: 'record-step', officer, step: 'ask-ct' });
    const [school] = toDo(call.state);
    expect(school).toMatchObject({
      whom: 'school',
      command: `absence add --student 1001 --date ${DAY} --code CT`,
    });
    expect(school?.words).toMatch(/Mark the student CT .* next attendance import/);
    call.fact({ type: 'attendance', truantDays: [DAY] });
    expect(asked(call).filter((one) => one.startsWith('school'))).toEqual([]);
  });

  it('of nobody any more, once it is closed', () => {
    const call = been();
    for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'] as const) {
      call.do({ type: 'waive-step', step, reason: 'tested' });
    }
    expect(asked(call)).toEqual(['attendance-officer: call close --call S-000001 --outcome …']);
    call.do({ type: 'close-call', outcome: 'refused' });
    expect(asked(call)).toEqual([]);
  });

  it('before the way, what is verified comes first', () => {
    const call = new PaperCall('mia-visit')
      .time('08:00', NEXT)
      .offered()
      .do({ type: 'accept-offer', officer });
    expect(asked(call)).toEqual([
      'attendance-officer: call step --call S-000001 --step verify-auk --result confirmed',
    ]);
  });
});
