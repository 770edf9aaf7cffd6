/** Every message in every state of a service call: what happens, or with which code it is refused. The page is made from it. */
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { CallFact } from '../../domain/calls/facts.ts';
import { stageOf } from '../../domain/calls/state.ts';
import { at, NEXT, PaperCall, type BareCallCommand } from '../support/paper-call.ts';

const officer = 'O-0001';
const going = () => new PaperCall('true-refusal').offered().do({ type: 'accept-offer', officer });
const two = () =>
  new PaperCall('true-refusal', { pair: true }).offered().do({ type: 'accept-offer', officer });
const along = { type: 'offer-made', nth: 2, officer: 'O-0002', chosenBy: 'order', part: 2 } as const;
const there = () => going().do({ type: 'start-visit', officer }).do({ type: 'arrive', officer });
const been = () =>
  there()
    .do({ type: 'record-step', officer, step: 'home-visit', note: 'spoke at the door' })
    .do({ type: 'leave', officer });
const waived = (one: PaperCall, ...steps: string[]) => {
  for (const step of steps) one.do({ type: 'waive-step', step: step as 'log-note', reason: 'tested' });
  return one;
};

const STATES: readonly [name: string, make: () => PaperCall][] = [
  ['a visit that waits for its day', () => new PaperCall('mia-visit')],
  ['nobody has it', () => new PaperCall('true-refusal')],
  ['offered', () => new PaperCall('true-refusal').offered()],
  ['accepted', going],
  ['accepted, and two go: nobody is asked to go along yet', two],
  [
    'accepted, and the second goes along',
    () => two().fact(along).do({ type: 'accept-offer', officer: 'O-0002' }),
  ],
  ['on the way', () => going().do({ type: 'start-visit', officer })],
  ['there', there],
  ['back, checklist open', been],
  [
    'school and counselor asked',
    () =>
      waived(been().do({ type: 'record-step', officer, step: 'ask-ct' }), 'log-note', 'consider-monitor').do({
        type: 'record-step',
        officer,
        step: 'connect-counselor',
      }),
  ],
  ['every step done', () => waived(been(), 'ask-ct', 'log-note', 'consider-monitor', 'connect-counselor')],
  [
    'closed',
    () =>
      waived(been(), 'ask-ct', 'log-note', 'consider-monitor', 'connect-counselor').do({
        type: 'close-call',
        outcome: 'refused',
      }),
  ],
];

const COMMANDS: readonly [name: string, command: BareCallCommand][] = [
  ['accept', { type: 'accept-offer', officer }],
  ['decline', { type: 'decline-offer', officer, reason: 'far away' }],
  ['start', { type: 'start-visit', officer }],
  ['arrive', { type: 'arrive', officer }],
  ['leave', { type: 'leave', officer }],
  ['step home-visit', { type: 'record-step', officer, step: 'home-visit', note: 'tested' }],
  ['step ask-ct', { type: 'record-step', officer, step: 'ask-ct' }],
  ['step log-note', { type: 'record-step', officer, step: 'log-note', note: 'tested' }],
  ['waive home-visit', { type: 'waive-step', step: 'home-visit', reason: 'tested' }],
  ['counselor', { type: 'counselor-word', note: 'met' }],
  ['go alone', { type: 'go-alone', reason: 'tested' }],
  ['reassign', { type: 'reassign-call', reason: 'tested' }],
  ['cancel by school', { type: 'cancel-call', by: 'school', reason: 'tested' }],
  ['close as refused', { type: 'close-call', outcome: 'refused' }],
  ['a time to come', { type: 'arrive', officer, at: at('23:00') }],
];

type Bare = CallFact extends infer F ? (F extends CallFact ? Omit<F, 'officeDate'> : never) : never;
const FACTS: readonly [name: string, fact: Bare][] = [
  ['dispatch offers it', { type: 'offer-made', nth: 9, officer: 'O-0009', chosenBy: 'order' }],
  ['dispatch asks somebody to go along', { ...along, nth: 8, officer: 'O-0008' }],
  ['a hazard is noted at the address', { type: 'pair-needed', reason: 'tested' }],
  ['a priority call needs the officer', { type: 'give-way', nth: 1 }],
  ['the officer goes off duty', { type: 'officer-off-duty', officer, reason: 'tested' }],
  ['the mark arrives', { type: 'attendance', truantDays: ['2025-02-12'] }],
];

function page(): string {
  const lines = [
    '# What each message does in each state of a service call',
    '',
    'Made by `test/domain/call-table.test.ts` from the rules; a true refusal, where the state does not say otherwise.',
    'A refusal changes nothing. What is entered into the journal stands in parentheses.',
  ];
  for (const [name, make] of STATES) {
    lines.push(
      '',
      `## ${name[0]?.toUpperCase()}${name.slice(1)}`,
      '',
      '| message | what happens |',
      '| --- | --- |',
    );
    for (const [words, command] of COMMANDS) {
      const call = make();
      const decision = call.judge(command);
      const cell = decision.ok
        ? `${decision.answer.done} (${decision.entries.map((one) => one.type).join(', ')}) → ${stageOf(decision.state)}`
        : `refused: \`${decision.refusal.code}\``;
      lines.push(`| ${words} | ${cell} |`);
    }
    for (const [words, fact] of FACTS) {
      const call = make();
      const before = call.entries.length;
      call.fact(fact);
      const made = call.entries.slice(before).map((one) => one.type);
      lines.push(
        `| *${words}* | ${made.length === 0 ? 'nothing' : `(${made.join(', ')}) → ${stageOf(call.state)}`} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('the table of a service call', () => {
  it('is what the page says', async () => {
    const formatted = await format(page(), { parser: 'markdown', printWidth: 110 });
    await expect(formatted).toMatchFileSnapshot('../../docs/call-table.md');
  });

  it('a refusal changes nothing, and nothing else than the table’s codes refuses', () => {
    for (const [, make] of STATES) {
      for (const [, command] of COMMANDS) {
        const call = make();
        const before = JSON.stringify(call.state);
        call.judge(command);
        expect(JSON.stringify(call.state)).toBe(before);
      }
    }
  });
});

describe('by itself', () => {
  it('an offer runs out after five minutes, and somebody else may be asked', () => {
    const call = new PaperCall('police-transport').offered().time('08:04');
    expect(stageOf(call.state)).toBe('offered');
    expect(stageOf(call.time('08:05').state)).toBe('waiting');
  });

  it('a police call alerts every five minutes until somebody has it, and then no more', () => {
    const call = new PaperCall('police-transport').time('08:05').time('08:10').offered().time('08:14');
    expect(call.state.alerts).toBe(2);
    call.do({ type: 'accept-offer', officer }).time('09:30');
    expect(call.state.alerts).toBe(2);
  });

  it('a true refusal somebody has does not end with the school day; one that nobody has does', () => {
    expect(going().time('15:31').state.closed).toBeNull();
    expect(new PaperCall('true-refusal').time('15:31').state.closed?.outcome).toBe('no-officer');
    // A day that passed while nobody was awake.
    expect(new PaperCall('true-refusal').time('07:00', NEXT).state.closed?.outcome).toBe('no-officer');
  });

  it('a visit that waits moves with the calendar', () => {
    const call = new PaperCall('mia-visit').fact({
      type: 'calendar',
      calendar: { terms: [{ from: '2025-01-06', to: '2025-05-30' }], closed: [NEXT], open: [] },
    });
    expect(call.state.goesFrom).toBe('2025-02-14');
  });

  it('a step entered later keeps when it happened and when it was entered', () => {
    const call = there();
    call.now = at('10:30');
    call.do({ type: 'record-step', officer, step: 'home-visit', note: 'x', at: at('09:40') });
    expect(call.state.steps[0]).toMatchObject({ happenedAt: at('09:40'), enteredAt: at('10:30'), officer });
    expect(call.state.steps[0]?.by).toMatchObject({ id: 'U-1' });
  });
});

describe('a departure ends in an arrival, or the call is given back', () => {
  const onTheWay = () => going().do({ type: 'start-visit', officer });

  it('nobody leaves who has not been there: a police call would rest with nobody going', () => {
    const call = onTheWay();
    expect(call.judge({ type: 'leave', officer })).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_THERE_YET', message: expect.stringContaining('call decline') as string },
    });
  });

  it('whoever turns back gives it back with a reason, and somebody else is sought', () => {
    const call = onTheWay().do({ type: 'decline-offer', officer, reason: 'the road is closed' });
    expect(call.state).toMatchObject({ officer: null, wanted: true });
    expect(call.state.visits[0]?.backAt).not.toBeNull();
    expect(call.state.offers[0]?.status).toBe('handed-over');
    expect(stageOf(call.state)).toBe('waiting');
  });

  it('and is asked for it again after some minutes, where nobody else is there', () => {
    const call = onTheWay().do({ type: 'decline-offer', officer, reason: 'the road is closed' });
    const before = call.entries.length;
    call.time('08:05');
    expect(call.entries.slice(before).map((one) => one.type)).toEqual(['officer-sought']);
  });

  it('not once the visit is done: then nobody else has to go', () => {
    const call = there().do({ type: 'record-step', officer, step: 'home-visit', note: 'spoke at the door' });
    expect(call.judge({ type: 'decline-offer', officer, reason: 'late' })).toMatchObject({
      refusal: { code: 'NOBODY_NEEDED' },
    });
  });

  it('both come back, where two go', () => {
    const call = two().fact(along).do({ type: 'accept-offer', officer: 'O-0002' });
    call.do({ type: 'start-visit', officer });
    call.do({ type: 'decline-offer', officer: 'O-0002', reason: 'the car broke down' });
    expect(call.state.visits.map((one) => one.backAt !== null)).toEqual([true, true]);
    expect(stageOf(call.state)).toBe('waiting');
  });
});

describe('an outcome says no more than the checklist', () => {
  it('nobody is said to be home, refused or transported whom nobody went to', () => {
    const call = waived(
      going(),
      ...['home-visit', 'ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'],
    );
    for (const outcome of ['transported', 'refused', 'nobody-home']) {
      expect(call.judge({ type: 'close-call', outcome })).toMatchObject({
        refusal: { code: 'OUTCOME_CONTRADICTED', message: expect.stringContaining('was waived') as string },
      });
    }
    expect(call.judge({ type: 'close-call', outcome: 'family-moved' }).ok).toBe(true);
  });

  it('an address is confirmed only where the findings say so', () => {
    const verified = (result: string) =>
      waived(
        new PaperCall('address-verification')
          .time('08:00', NEXT)
          .offered()
          .do({ type: 'accept-offer', officer })
          .do({ type: 'start-visit', officer })
          .do({ type: 'arrive', officer })
          .do({ type: 'record-step', officer, step: 'home-visit', note: 'asked at the door' })
          .do({ type: 'record-step', officer, step: 'report-findings', result })
          .do({ type: 'leave', officer }),
        'log-note',
      );
    const close = (call: PaperCall, outcome: string) => call.judge({ type: 'close-call', outcome });
    expect(close(verified('address-confirmed'), 'address-confirmed').ok).toBe(true);
    expect(close(verified('address-not-confirmed'), 'address-confirmed')).toMatchObject({
      refusal: { code: 'OUTCOME_CONTRADICTED', details: { found: 'address-not-confirmed' } },
    });
    expect(close(verified('address-not-confirmed'), 'nobody-home').ok).toBe(true);
  });
});
