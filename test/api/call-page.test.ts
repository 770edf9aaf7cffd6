/**
 * The page "When to call Truancy", row by row, through the API with everything behind it: who may call, each gate failing
 * with its own words, and the Attendance Officer's checklist from the call to its closing.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listTasks } from '../../db/stores/tasks.ts';
import { callAtTheDesk, startDepartment, type Department } from '../support/department.ts';

let dept: Department;
beforeAll(async () => {
  dept = await startDepartment();
}, 180_000);
afterAll(() => dept.stop(), 60_000);
beforeEach(() => dept.empty());

const tasks = async (call: string) =>
  (await listTasks(dept.db, { caseNumber: call })).map((one) => `${one.role}: ${one.textCode}`);

describe('Priority call: police are out with a student who needs transport', () => {
  it('police call the dispatcher: neither a school nor an officer’s own key takes it', async () => {
    const police = {
      ...{ kind: 'police-transport', caller: 'police' },
      police: { place: 'Court Street at 5th' },
    };
    expect((await dept.refused(police)).code).toBe('POLICE_CALL_THE_DISPATCHER');
    expect(await dept.refused({ ...police, caller: 'school' })).toMatchObject({
      code: 'WRONG_CHANNEL',
      detail: expect.stringContaining('by a police officer who is with the student') as string,
    });
  });

  it('identified wrong at first, the call is the right student’s afterwards, and its school’s', async () => {
    const police = { place: 'Court Street at 5th', lastName: 'Testchild' };
    const wish = { kind: 'police-transport', caller: 'police', police };
    const call = callAtTheDesk(dept, await dept.open(wish, 'dispatcher'));
    await call.done('student', { student: '1001' });
    expect(await call.shown()).toMatchObject({ student: '1001', school: 'PEKIN-HS' });
    await call.done('student', { student: '2001' });
    expect(await call.shown()).toMatchObject({ student: '2001', school: 'EAST-HS' });
    expect(await tasks(call.number)).not.toContain('dispatcher: SAY_WHICH_STUDENT_POLICE_MEAN');
  });

  it('the dispatcher sends an officer, who transports the student and works the checklist down', async () => {
    await dept.onDuty();
    const call = callAtTheDesk(
      dept,
      await dept.open(
        {
          ...{ kind: 'police-transport', caller: 'police' },
          police: {
            ...{ place: 'Court Street at 5th', description: 'about 14, red jacket' },
            ...{ firstName: 'cleo', lastName: 'OTHERCHILD', birthDate: '2010-01-20' },
          },
        },
        'dispatcher',
      ),
    );
    // Found by what police said: the school of enrollment is where the student is brought.
    expect(await call.shown()).toMatchObject({ student: '2001', school: 'EAST-HS', priority: 1 });
    await call.untilStage('offered');
    await call.done('accept');
    await call.done('start', { expectedMinutes: 30 });
    await call.done('arrive');
    expect(await call.refusal('steps', { step: 'ask-ct' })).toMatchObject({
      code: 'STEP_OUT_OF_ORDER',
      detail: 'First comes "Transport student to school": record it, or waive it with a reason.',
    });
    await call.done('steps', { step: 'transport', note: 'Met police and drove the student to school.' });
    await call.done('leave');

    // ✓ Ask school to mark student CT: on the school's worklist until the mark arrives.
    await call.done('steps', { step: 'ask-ct' });
    await expect.poll(() => tasks(call.number)).toContain('school: MARK_THE_STUDENT');
    expect(await call.step('ask-ct')).toMatchObject({ status: 'asked' });

    // ✓ Log action in Attendance Notes.
    await call.done('steps', { step: 'log-note', note: 'Brought to school at 9:40.' });
    const { notes } = await dept.get('/v1/students/2001/attendance-notes');
    expect(notes).toMatchObject([{ text: 'Brought to school at 9:40.', call: call.number }]);

    // ✓ Possible 20-Day Monitor contract: one begun from the call, or the officer says that none is needed.
    expect(await call.refusal('steps', { step: 'consider-monitor' })).toMatchObject({
      code: 'RESULT_MISSING',
    });
    const monitor = await dept.post('/v1/monitors', {
      ...{ student: '2001', officer: dept.officer, call: call.number },
    });
    await call.done('steps', { step: 'consider-monitor' });
    expect(await call.step('consider-monitor')).toMatchObject({ result: monitor['number'] });

    // ✓ Connect student with counselor: reached, and their word awaited.
    await call.done('steps', { step: 'connect-counselor' });
    await expect.poll(() => tasks(call.number)).toContain('counselor: MEET_THE_STUDENT');
    // Each reads their own worklist, and not what waits for others at the same school.
    const mine = async (who: 'school' | 'counselor') => {
      const { body } = await dept.ask('GET', `/v1/tasks?case=${call.number}`, undefined, who);
      return (body['tasks'] as { role: string; textCode: string }[]).map((one) => one.textCode);
    };
    expect(await mine('school')).toEqual(['MARK_THE_STUDENT']);
    expect(await mine('counselor')).toEqual(['MEET_THE_STUDENT']);
    expect(await call.refusal('close', { outcome: 'transported' })).toMatchObject({
      code: 'CHECKLIST_OPEN',
      detail: expect.stringContaining('"Connect student with counselor" (asked, not answered)') as string,
    });
    await call.done('counselor', { note: 'Met during lunch.' }, 'counselor');
    expect(await call.step('connect-counselor')).toMatchObject({ status: 'done', note: 'Met during lunch.' });

    // The mark arrives with the school's next import, and ends its task.
    await dept.attendance([['2001', '2025-10-15', 'CT']], '2025-10-15', 'EAST-HS');
    await expect.poll(() => call.step('ask-ct')).toMatchObject({ result: 'marked 2025-10-15' });
    await call.done('close', { outcome: 'transported' });
    expect(await tasks(call.number)).toEqual([]);
    expect(await call.shown()).toMatchObject({ stage: 'closed', outcome: 'transported' });
  });

  it('works when nobody knows who the student is, and says whose step that holds up', async () => {
    await dept.onDuty();
    const call = callAtTheDesk(
      dept,
      await dept.open(
        {
          ...{ kind: 'police-transport', caller: 'police' },
          police: { place: 'Mineral Springs Park', description: 'red jacket' },
        },
        'dispatcher',
      ),
    );
    await call.goThere('transport', 'The student gave a name on the way.');
    expect(await call.refusal('steps', { step: 'ask-ct' })).toMatchObject({ code: 'STUDENT_UNKNOWN' });
    await call.done('student', { student: '1001' });
    await call.done('steps', { step: 'ask-ct' });
    await expect.poll(() => call.shown()).toMatchObject({ student: '1001', school: 'PEKIN-HS' });
    // Police take it back themselves: the rest of the checklist is waived so.
    await call.done('cancel', { by: 'police', reason: 'the father came' });
    expect(await call.shown()).toMatchObject({ outcome: 'cancelled-by-police' });
  });
});

describe('Priority call: a student refuses to go to school that day', () => {
  const refusal = { kind: 'true-refusal', caller: 'school', student: '1001' };
  const held = { ...refusal, parentCalled: { time: '08:05' }, parentHome: true };

  it('no parent calls: staff are told what to say, and no number is in it', async () => {
    const { detail } = await dept.refused({ ...held, caller: 'parent' });
    expect(detail).toContain('please speak with your child’s school');
    expect(detail).not.toMatch(/337|9911|dispatch/i);
  });

  it.each([
    [
      'nobody says that the parent called',
      { ...held, parentCalled: undefined },
      'Say when the parent called',
    ],
    [
      'the parent called yesterday',
      { ...held, parentCalled: { date: '2025-10-14', time: '08:05' } },
      'a true refusal asks for a call on the same morning, Wed 15 Oct 2025',
    ],
    [
      'the parent called in the afternoon',
      { ...held, parentCalled: { time: '13:10' } },
      'The parent called at 13:10, after the morning was over',
    ],
    ['nobody says who is home', { ...held, parentHome: undefined }, 'Say whether a parent will be home'],
    ['nobody opens the door', { ...held, parentHome: false }, 'No parent will be home to open the door'],
  ])('is refused where %s', async (_when, wish, words) => {
    const { code, detail } = await dept.refused(wish);
    expect(code).toBe('GATE_CLOSED');
    expect(detail).toContain(words);
  });

  it('an officer goes, visits and tries to bring the student; the checklist is worked down', async () => {
    await dept.onDuty();
    const call = callAtTheDesk(dept, await dept.open(held));
    await call.goThere('home-visit', 'The student stayed in the house.');
    await call.done('steps', { step: 'ask-ct' });
    // The mark can be entered by hand, too.
    await dept.post('/v1/absences', { student: '1001', date: '2025-10-15', code: 'CT', fraction: 1 });
    await expect.poll(() => call.step('ask-ct')).toMatchObject({ status: 'done' });
    await call.done('steps', { step: 'log-note', note: 'Refused to come along.' });
    await call.done('steps', { step: 'consider-monitor', result: 'not-needed' });
    await call.done('steps', { step: 'connect-counselor' });
    await call.done('counselor', { note: 'Rang the home.' }, 'counselor');
    await call.done('close', { outcome: 'refused' });
    expect(await call.checklist()).toEqual([
      ['Home visit & attempt transport', 'done'],
      ['Ask school to mark student CT', 'done'],
      ['Log action in Attendance Notes', 'done'],
      ['Possible 20-Day Monitor contract', 'done'],
      ['Connect student with counselor', 'done'],
    ]);
  });
});

describe('Non-priority call: MIA, the student is AUK for five or more days', () => {
  const mia = { kind: 'mia-visit', caller: 'school', student: '1002' };
  const tried = (number: string, result = 'no-answer') => ({ number, date: '2025-10-14', result });
  const everyNumber = [tried('309-555-0201'), tried('309-555-0202', 'disconnected')];
  const fiveDays = ['2025-10-07', '2025-10-08', '2025-10-09', '2025-10-10', '2025-10-14'];

  it('is refused where the records know the student to have been there', async () => {
    await dept.attendance(
      fiveDays.slice(1).map((date) => ['1002', date, 'AUK']),
      '2025-10-14',
    );
    const { code, detail } = await dept.refused({ ...mia, attempts: everyNumber });
    expect(code).toBe('GATE_CLOSED');
    expect(detail).toContain('The records show AUK on 4 school days in a row');
    expect(detail).toContain('say for how many school days');
    // The family has explained one of the days since.
    await dept.attendance(
      fiveDays.slice(1).map((date) => ['1002', date, date === '2025-10-09' ? 'EX' : 'AUK']),
      '2025-10-14',
    );
    expect((await dept.refused({ ...mia, aukDays: 5, attempts: everyNumber })).detail).toMatch(
      /The records show AUK on 2 school days in a row.*the visit asks for 5 or more/,
    );
  });

  it('is refused where a number was not tried, and names it; where a parent answered, too', async () => {
    await dept.attendance(
      fiveDays.map((date) => ['1002', date, 'AUK']),
      '2025-10-14',
    );
    const { detail } = await dept.refused({ ...mia, attempts: everyNumber.slice(0, 1) });
    expect(detail).toContain('1 of 2 numbers on file have no attempt');
    expect(detail).toContain('…0202 (Uncle, not household)');
    expect(detail).toContain('1 number is left out: a no-contact order');
    expect(detail).not.toContain('0299');
    const answered = [tried('309-555-0201', 'answered-by-parent'), everyNumber[1]];
    expect((await dept.refused({ ...mia, attempts: answered })).detail).toContain(
      '1 call was answered by a parent, last on Tue 14 Oct 2025',
    );
  });

  it('the officer verifies what the school said against the records, visits on the next school day', async () => {
    await dept.attendance(
      fiveDays.map((date) => ['1002', date, 'AUK']),
      '2025-10-14',
    );
    const call = callAtTheDesk(dept, await dept.open({ ...mia, attempts: everyNumber }));
    await call.untilStage('planned');
    await dept.day('2025-10-16');
    await dept.onDuty();
    await call.untilStage('offered');
    await call.done('accept');
    expect(await call.refusal('start')).toMatchObject({
      code: 'STEP_OUT_OF_ORDER',
      detail: expect.stringContaining('"Verify student is marked AUK in IC"') as string,
    });
    // ✓ Verify student is marked AUK in IC: the system's finding stands beside the step.
    expect(await call.step('verify-auk')).toMatchObject({
      records: [
        {
          standing: 'shown',
          words: expect.stringContaining('AUK on 5 school days in a row, from Tue 7 Oct 2025') as string,
        },
      ],
    });
    expect(await call.refusal('steps', { step: 'verify-auk' })).toMatchObject({ code: 'RESULT_MISSING' });
    await call.done('steps', { step: 'verify-auk', result: 'confirmed' });
    // ✓ Verify school has logged attempts … via ALL phone numbers: only stated with the call, so not in the log.
    expect(await call.step('verify-attempts')).toMatchObject({
      records: [
        {
          standing: 'stated',
          words: expect.stringContaining('The school states attempts to 2 of 2 numbers') as string,
        },
        { standing: 'stated' },
      ],
    });
    expect(await call.refusal('steps', { step: 'verify-attempts', result: 'contradicted' })).toMatchObject({
      code: 'NOTE_MISSING',
    });
    const note = 'One number is not in the log.';
    await call.done('steps', { step: 'verify-attempts', result: 'contradicted', note });
    await expect.poll(() => tasks(call.number)).toContain('school: THE_OFFICER_FOUND_OTHERWISE');
    await call.goThere('home-visit', 'Nobody came to the door.', { accepted: true });
    await call.done('steps', { step: 'log-note', note: 'Nobody home at 10:05.' });
    await call.done('waive', { step: 'consider-monitor', reason: 'nobody met' });
    await call.done('waive', { step: 'connect-counselor', reason: 'nobody met' });
    expect(await call.refusal('close', { outcome: 'address-confirmed' })).toMatchObject({
      code: 'BAD_OUTCOME',
    });
    await call.done('close', { outcome: 'nobody-home' });
    expect(await call.shown()).toMatchObject({ stage: 'closed', outcome: 'nobody-home' });
  });
});

describe('Non-priority call: address verification', () => {
  const verify = { kind: 'address-verification', caller: 'school', student: '1001' };

  it('is refused without a reason of the page, and where no address is known', async () => {
    expect((await dept.refused(verify)).detail).toBe(
      'Say why the address is to be verified: audit, zoning, returned-mail, other.',
    );
    expect((await dept.refused({ ...verify, reason: 'other' })).detail).toBe(
      'Say in words why the address is to be verified.',
    );
    expect((await dept.refused({ ...verify, student: '2001', reason: 'audit' })).detail).toContain(
      'No address is on record for this student; give the address to verify.',
    );
  });

  it('the officer looks, reports the findings to the school, and logs it', async () => {
    const call = callAtTheDesk(dept, await dept.open({ ...verify, reason: 'zoning' }));
    await call.untilStage('planned');
    await dept.day('2025-10-17');
    await dept.onDuty();
    await call.goThere('home-visit', 'The landlord says they moved in January.');
    expect(await call.refusal('steps', { step: 'report-findings' })).toMatchObject({
      code: 'RESULT_MISSING',
      detail: expect.stringContaining('address-confirmed or address-not-confirmed') as string,
    });
    await call.done('steps', { step: 'report-findings', result: 'address-not-confirmed' });
    await expect.poll(() => tasks(call.number)).toEqual(['school: READ_THE_FINDINGS']);
    await call.done('steps', { step: 'log-note', note: 'Moved in January.' });
    await call.done('close', { outcome: 'address-not-confirmed' });
    expect(await call.checklist()).toEqual([
      ['Home visit attempt to determine if student lives at that address', 'done'],
      ['Report findings to school', 'done'],
      ['Log action in Attendance Notes', 'done'],
    ]);
  });
});

describe('a school', () => {
  it('takes back what it has asked for, and nothing of police', async () => {
    const call = callAtTheDesk(
      dept,
      await dept.open({
        ...{ kind: 'true-refusal', caller: 'school', student: '1001' },
        ...{ parentCalled: { time: '08:05' }, parentHome: true },
      }),
    );
    const forbidden = await call.ask('cancel', { by: 'police', reason: 'x' }, 'school');
    expect([forbidden.status, forbidden.body['detail']]).toEqual([
      403,
      expect.stringContaining('--by school'),
    ]);
    await call.done('cancel', { by: 'school', reason: 'the student came by bus' }, 'school');
    expect(await call.shown()).toMatchObject({ stage: 'closed', outcome: 'other' });
  });
});
