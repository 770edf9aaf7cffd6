/** A service call comes in: who may call, what must hold before an officer goes, who the student is. */
import { eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactAttempts, officers, outbox, serviceCalls, tasks } from '../../db/schema/index.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle, testOffice, type Answer, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let department: TestOffice;
let school: string;
let dispatcher: string;
beforeAll(async () => {
  postgres = await startPostgres();
  // Temporal is away: what is opened is kept, and begins when it is back.
  department = await testOffice(await postgres.freshDatabase(), { policy: 'intervention-department' });
  await settle(department);
  await department.ask('POST', '/v1/guardians:import', {
    guardians: [
      adult('g-1', 'Mother', '(309) 555-0101', {}),
      adult('g-3', 'Aunt', '309-555-0103', { livesWith: false, household: false }),
      adult('g-9', 'Stepfather', '309-555-0199', { noContact: true, household: false }),
    ],
  });
  school = await department.person('school', ['PEKIN-HS']);
  dispatcher = await department.person('dispatcher', null);
}, 120_000);
afterAll(async () => {
  await department.close();
  await postgres.stop();
});

function adult(
  sourceId: string,
  relation: string,
  number: string,
  { household = true, ...more }: { household?: boolean; noContact?: boolean; livesWith?: boolean },
): object {
  const tie = {
    student: '1001',
    relation,
    legalRecipient: 'yes',
    livesWith: true,
    primary: relation === 'Mother',
  };
  return {
    ...{ sourceId, firstName: 'Mara', lastName: 'Testchild', language: 'en' },
    address: { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' },
    phones: [{ number, kind: 'mobile', household }],
    students: [{ ...tie, noContact: false, ...more }],
  };
}

const open = (body: object, key: string = school) => department.ask('POST', '/v1/calls', body, key);
const refusal = { kind: 'true-refusal', caller: 'school', student: '1001' };
const held = { ...refusal, parentCalled: { time: '08:05' }, parentHome: true };

function findings({ body }: Answer): string[] {
  const details = body['details'] as { findings: { condition: string; standing: string }[] };
  return details.findings.map((one) => `${one.condition}: ${one.standing}`);
}

describe('who may call', () => {
  it('a parent may not, and staff are given the words to tell them, without any number', async () => {
    const answer = await open({ ...held, caller: 'parent' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'PARENT_MAY_NOT_CALL' } });
    expect(String(answer.body['detail'])).toContain('please speak with your child’s school');
    expect(answer.text).not.toMatch(/337|9911|dispatch/i);
  });

  it('police go to the dispatcher, and to nobody else', async () => {
    const police = { kind: 'police-transport', caller: 'police', police: { place: 'Court Street at 5th' } };
    expect(await open(police)).toMatchObject({ status: 409, body: { code: 'POLICE_CALL_THE_DISPATCHER' } });
    expect((await open({ ...police, caller: 'school' })).body).toMatchObject({ code: 'WRONG_CHANNEL' });
    expect((await open({ ...held, caller: 'police' }, dispatcher)).body).toMatchObject({
      code: 'WRONG_CHANNEL',
    });
  });

  it('a school calls for its own students only', async () => {
    expect(await open({ ...held, student: '2001' })).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_STUDENT' },
    });
  });
});

describe('a true refusal', () => {
  it('is refused with each condition in its own words, and opens nothing', async () => {
    const asked = await open(refusal);
    expect(asked).toMatchObject({ status: 409, body: { code: 'GATE_CLOSED' } });
    expect(findings(asked)).toEqual([
      'school-day: shown',
      'parent-called-this-morning: missing',
      'parent-home: missing',
    ]);
    const yesterday = await open({ ...held, parentCalled: { date: '2025-10-14', time: '08:05' } });
    expect(String(yesterday.body['detail'])).toContain(
      'asks for a call on the same morning, Wed 15 Oct 2025',
    );
    const nobody = await open({ ...held, parentHome: false });
    expect(String(nobody.body['detail'])).toContain('No parent will be home to open the door');
    expect(await department.db.select().from(serviceCalls)).toEqual([]);
  });

  it('is opened for today with what was only stated for the officer to verify; twice under one id is once', async () => {
    const first = await open({ ...held, id: 'call-1' });
    expect(first.status, first.text).toBe(201);
    expect(first.body).toMatchObject({
      ...{ callNumber: 'S-000001', opened: true, priority: 2, school: 'PEKIN-HS', student: '1001' },
      ...{ goesFrom: '2025-10-15', waits: true },
    });
    expect(first.body['verify']).toHaveLength(2);
    const again = await open({ ...held, id: 'call-1' });
    expect([again.status, again.body['callNumber'], again.body['opened']]).toEqual([200, 'S-000001', false]);
    const [row] = await department.db.select().from(serviceCalls);
    expect(row).toMatchObject({ area: '61554', address: { lines: ['12 Court Street'] } });
    expect(await department.db.select().from(outbox)).toMatchObject([
      { caseNumber: 'S-000001', kind: 'start' },
    ]);
  });

  it('is not opened a second time while the first is open', async () => {
    expect((await open(held)).body).toMatchObject({
      code: 'CALL_OPEN_ALREADY',
      details: { call: 'S-000001' },
    });
  });
});

describe('an MIA visit', () => {
  const mia = { kind: 'mia-visit', caller: 'school', student: '1001', aukDays: 5 };
  const attempt = (number: string, result: string, date = '2025-10-14') => ({ number, result, date });

  it('names the numbers nobody has tried, and leaves a barred person’s out', async () => {
    const answer = await open(mia);
    expect(answer.body).toMatchObject({ code: 'GATE_CLOSED' });
    expect(findings(answer)).toEqual([
      'auk-run: stated',
      'numbers-tried: contradicted',
      'no-parent-reached: shown',
    ]);
    const said = String(answer.body['detail']);
    expect(said).toContain('2 of 2 numbers on file have no attempt');
    expect(said).toContain('…0101 (Mother, household), …0103 (Aunt, not household)');
    expect(said).toContain('1 number is left out: a no-contact order');
    expect(answer.text).not.toContain('0199');
  });

  it('is contradicted by attendance that shows the student there', async () => {
    await department.ask('POST', '/v1/attendance/imports', {
      ...{ source: 'PEKIN-303/ic', format: 'infinite-campus' },
      rows: ['2025-10-09', '2025-10-10'].map((date, i) => ({
        ...{ line: i + 2, student: '1002', school: 'PEKIN-HS', date, code: 'AUK', fraction: 1 },
      })),
      covers: { from: '2025-10-06', to: '2025-10-14' },
    });
    const answer = await open({ ...mia, student: '1002' });
    expect(String(answer.body['detail'])).toContain('on Tue 14 Oct 2025 the student was there');
  });

  it('Attendance Notes come in all or nothing, and a bad row is named by its line', async () => {
    const rows = [
      { ...attempt('309 555 0101', 'voicemail'), student: '1001', line: 2 },
      { ...attempt('309 555 0103', 'disconnected'), student: '9999', line: 3 },
    ];
    const bad = await department.ask('POST', '/v1/contact-attempts', { attempts: rows }, school);
    expect(bad.status).toBe(400);
    expect(bad.text).toContain('line 3');
    expect(await department.db.select().from(contactAttempts)).toEqual([]);
    const good = { attempts: rows.slice(0, 1) };
    const first = await department.ask('POST', '/v1/contact-attempts', good, school);
    expect(first.body).toEqual({ read: 1, new: 1, unchanged: 0, barred: 0 });
    const again = await department.ask('POST', '/v1/contact-attempts', good, school);
    expect(again.body).toMatchObject({ new: 0, unchanged: 1 });
  });

  it('goes with the log and a list given at intake together, on the next school day', async () => {
    await department.ask('POST', '/v1/attendance/imports', {
      ...{ source: 'PEKIN-303/ic', format: 'infinite-campus' },
      rows: ['2025-10-08', '2025-10-09', '2025-10-10', '2025-10-14'].map((date, i) => ({
        ...{ line: i + 2, student: '1001', school: 'PEKIN-HS', date, code: 'AUK', fraction: 1 },
      })),
      covers: { from: '2025-10-06', to: '2025-10-14' },
    });
    const answer = await open({ ...mia, attempts: [attempt('309-555-0103', 'no-answer')] });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ callNumber: 'S-000002', priority: null, goesFrom: '2025-10-16' });
    expect(answer.body['findings']).toMatchObject([
      {
        condition: 'auk-run',
        standing: 'stated',
        words: expect.stringContaining('the records show 4') as string,
      },
      { condition: 'numbers-tried', standing: 'stated' },
      { condition: 'no-parent-reached', standing: 'stated' },
    ]);
    const kept = await department.db
      .select()
      .from(contactAttempts)
      .where(eq(contactAttempts.source, 'intake'));
    expect(kept).toMatchObject([{ callNumber: 'S-000002', phone: '3095550103', household: false }]);
  });

  it('fails with one call answered by a parent', async () => {
    const call = {
      ...mia,
      student: '1002',
      aukDays: 5,
      attempts: [attempt('309-555-0177', 'answered-by-parent')],
    };
    expect(String((await open(call)).body['detail'])).toContain('1 call was answered by a parent');
  });
});

describe('an address verification', () => {
  const verify = { kind: 'address-verification', caller: 'school', student: '1001' };
  it('asks for a reason of the page', async () => {
    expect(String((await open(verify)).body['detail'])).toBe(
      'Say why the address is to be verified: audit, zoning, returned-mail, other.',
    );
  });
  it('looks at the address of record, or at the one given', async () => {
    expect((await open({ ...verify, reason: 'zoning' })).status).toBe(201);
    const address = { lines: ['9 Elm Street'], city: 'Pekin', state: 'IL', postalCode: '61555' };
    const given = await open({ ...verify, student: '1002', reason: 'returned-mail', address });
    expect(given.status, given.text).toBe(201);
    const [row] = await department.db
      .select()
      .from(serviceCalls)
      .where(eq(serviceCalls.number, String(given.body['callNumber'])));
    expect(row?.address).toEqual(address);
  });
});

describe('a police call', () => {
  const police = (said: object) =>
    open(
      { kind: 'police-transport', caller: 'police', police: { place: 'Court Street at 5th', ...said } },
      dispatcher,
    );

  it('finds the one student who is meant, and the school of enrollment, however the name was spelt by radio', async () => {
    const answer = await police({ firstName: 'ada', lastName: 'TESTCHILD', birthDate: '2011-03-02' });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ student: '1001', school: 'PEKIN-HS', priority: 1, candidates: [] });
  });

  it('with a date of birth misheard says so, and keeps to itself which it is', async () => {
    const { body } = await police({ firstName: 'Ada', lastName: 'Testchild', birthDate: '2011-03-20' });
    expect(body).toMatchObject({
      student: '1001',
      findings: [
        {
          standing: 'stated',
          words: expect.stringMatching(/another entry for the date of birth\.$/) as string,
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('2011-03-02');
  });

  it('with several meant goes all the same, and the dispatcher is asked which', async () => {
    const { body } = await police({ lastName: 'Testchild' });
    expect(body).toMatchObject({ student: null, candidates: [{ student: '1001' }, { student: '1002' }] });
    const [task] = await department.db.select().from(tasks).where(eq(tasks.role, 'dispatcher'));
    expect(task).toMatchObject({ textCode: 'SAY_WHICH_STUDENT_POLICE_MEAN', caseNumber: body['callNumber'] });
  });

  it('works with a place and a description alone', async () => {
    const { status, body } = await police({ description: 'about 14, red jacket', school: 'NOWHERE-HS' });
    expect([status, body['student'], body['school']]).toEqual([201, null, null]);
  });
});

describe('Attendance Notes', () => {
  it('hold what was done, once, beside the tries to reach the family', async () => {
    const note = { text: 'Letter sent home with a sibling' };
    const url = '/v1/students/1001/attendance-notes';
    expect((await department.ask('POST', url, note, school)).body).toMatchObject({ repeated: false });
    expect((await department.ask('POST', url, note, school)).body).toMatchObject({ repeated: true });
    const named = (text: string) => department.ask('POST', url, { id: 'note-1', text }, school);
    expect((await named(note.text)).body).toMatchObject({ repeated: false });
    expect((await named('another')).body).toMatchObject({ code: 'ID_REUSED' });
    expect((await department.ask('POST', url, { ...note, date: '2025-10-16' }, school)).body).toMatchObject({
      code: 'DATE_AHEAD',
    });
    const { body } = await department.ask('GET', url, undefined, school);
    expect(body).toMatchObject({
      notes: [{ text: note.text }, { date: '2025-10-15', text: note.text }],
      attempts: [{ number: '3095550101', result: 'voicemail' }, { result: 'no-answer' }],
    });
  });
});

describe('papers an officer takes along', () => {
  const paper = (url: string, key = dispatcher) => department.ask('GET', url, undefined, key);

  it('the contract names start and stop date; nobody barred is in it, and no dispatch number', async () => {
    await department.db.insert(officers).values({
      ...{ id: 'O-0001', name: 'Officer Test', channel: 'radio', allSchools: true },
      ...{ actor: 'U-0001', role: 'administrator', at: new Date().toISOString() },
    });
    const start = (call?: string) =>
      department.ask('POST', '/v1/monitors', { student: '1001', officer: 'O-0001', call }, dispatcher);
    expect((await start('S-000999')).body).toMatchObject({ code: 'UNKNOWN_CALL' });
    const [other] = await department.db.select().from(serviceCalls).where(isNull(serviceCalls.studentId));
    expect((await start(other?.number)).body).toMatchObject({ code: 'NOT_THIS_STUDENTS_CALL' });
    await start();
    const answer = await paper('/v1/monitors/M-000001/contract');
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.text.startsWith('%PDF-')).toBe(true);
  });

  it('the note for a door is drawn for a call whose student is known', async () => {
    const answer = await paper('/v1/calls/S-000001/door-note?date=2025-10-15&time=10:20');
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    expect(answer.text.startsWith('%PDF-')).toBe(true);
    const [unknown] = await department.db.select().from(serviceCalls).where(isNull(serviceCalls.studentId));
    expect(await paper(`/v1/calls/${unknown?.number}/door-note`)).toMatchObject({
      status: 409,
      body: { code: 'STUDENT_NOT_KNOWN' },
    });
    expect((await paper('/v1/calls/S-000001/door-note', school)).status).toBe(403);
  });
});
