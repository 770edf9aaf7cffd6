/** Cases from paper and versions of the policy through the API, with cases that really run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { caseloads, cases, notices, paperLetters, policies } from '../../db/schema/index.ts';
import { prepareInstallation, DEFAULT_OFFICE } from '../../client/setup.ts';
import { readPaperCases } from '../../imports/paper-cases.ts';
import { absences, addStudents, startWholeOffice, type WholeOffice } from './whole-office.ts';
import { call } from './office.ts';

const ROE53 = readFileSync(path.join(import.meta.dirname, '..', '..', 'policies', 'roe53.yaml'), 'utf8');
const text = (version: string, ...changes: [string, string][]) =>
  changes.reduce(
    (so, [from, to]) => so.replace(from, to),
    ROE53.replace("version: '1'", `version: '${version}'`),
  );
const TEN_DAYS: [string, string] = ['schoolDaysBetween: 7', 'schoolDaysBetween: 10'];

let whole: WholeOffice;
beforeAll(async () => {
  whole = await startWholeOffice();
  await addStudents(whole, ['5001', '5002', '5003', '5004', '5005', '5006', '5007']);
}, 240_000);
afterAll(() => whole.stop(), 60_000);

const ask: WholeOffice['office']['ask'] = (...given) => whole.office.ask(...given);

function paper(student: string, more: object = {}) {
  return {
    student,
    note: 'drawer 3',
    interventions: ['2025-09-29', '2025-09-30', '2025-10-01'].map((date) => ({
      kind: 'phone-call',
      date,
      by: 'clerk',
      outcome: 'talked it over',
    })),
    referrals: [
      {
        date: '2025-10-06',
        notice: { date: '2025-10-07', channel: 'print', proof: 'certified mail 7020 0000 0000 0001' },
      },
    ],
    ...more,
  };
}
const bring = (entries: object[], dryRun = false) =>
  ask('POST', '/v1/cases/import', { cases: entries, dryRun });
const rows = () => whole.db.select({ number: cases.number }).from(cases);

describe('cases already on paper', () => {
  it('faults of any entry refuse the file, all of them listed, and nothing is kept', async () => {
    const answer = await bring([
      paper('5001'),
      paper('9999'),
      paper('5002', { referrals: [{ date: '2025-10-16' }] }),
      paper('5002'),
      paper('5003', {
        interventions: [{ kind: 'other', date: '2025-10-01', description: 'wrote a truancy ticket' }],
      }),
    ]);
    expect([answer.status, answer.body['code']]).toEqual([400, 'PAPER_CASES_FAULTY']);
    const { faults } = answer.body['details'] as { faults: { place: string }[] };
    expect(faults.map((one) => one.place)).toEqual([
      'cases.1.student',
      'cases.2.referrals.0.date',
      'cases.3.student',
      'cases.4.interventions.0',
    ]);
    expect(await rows()).toEqual([]);
  });

  it('a dry run says what would be done and does nothing', async () => {
    const { body } = await bring([paper('5001')], true);
    expect(body).toMatchObject({
      dryRun: true,
      opened: 0,
      cases: [{ outcome: 'would-open', caseNumber: null }],
    });
    expect(await rows()).toEqual([]);
  });

  it('the same intervention twice counts once; two of a kind on one day are pointed out', async () => {
    const visit = { kind: 'home-visit', date: '2025-09-30', by: 'clerk' };
    const { body } = await bring(
      [paper('5001', { interventions: [visit, visit, { ...visit, by: 'counselor' }] })],
      true,
    );
    const [one] = body['cases'] as { notes: { field: string; message: string }[] }[];
    expect(one?.notes.map(({ field, message }) => [field, message])).toEqual([
      ['interventions.1', 'it stands there twice (interventions.0): it counts once'],
      ['interventions.2', expect.stringContaining('look whether it is one')],
      ['referrals.0', '2 of 3 interventions are documented for it'],
    ]);
  });

  it('opens each, marked; nothing is sent, proofs stand in the lists; the case goes on from there', async () => {
    const { body } = await bring([paper('5001'), paper('5002')]);
    expect(body).toMatchObject({ opened: 2, unchanged: 0, refused: 0, waits: false });
    await whole.settled();
    const shown = (await ask('GET', '/v1/cases/C-000001')).body;
    expect(shown).toMatchObject({
      stage: 'first-referral',
      paper: { by: 'administrator U-admin', note: 'drawer 3' },
      letters: [],
      notices: [
        {
          key: 'C-000001/first-notice/1/paper',
          status: 'before this system',
          outOn: '2025-10-07',
          channel: 'print',
          beforeSystem: { proof: 'certified mail 7020 0000 0000 0001', by: 'administrator U-admin' },
        },
      ],
      // Mon 6 October is day 0; Mon 13 is Columbus Day: the 7th school day is Thu 16.
      possibleFrom: '2025-10-16',
    });
    expect((shown['journal'] as { type: string; by: string }[]).slice(0, 2)).toMatchObject([
      { type: 'case-opened' },
      { type: 'brought-from-paper', by: 'administrator U-admin' },
    ]);
    const why = (await ask('GET', '/v1/cases/C-000001/why')).body['why'];
    expect(why).toContain('before this system: the first referral and 1 letter');
    const [row] = await whole.db.select().from(cases).where(eq(cases.number, 'C-000001'));
    expect(row?.beforeSystem).toBe(true);
    expect(await whole.db.select().from(notices)).toEqual([]);
    const listed = (await ask('GET', '/v1/interventions?case=C-000001')).body['interventions'];
    expect(listed).toMatchObject([{ date: '2025-09-29' }, { date: '2025-09-30' }, { date: '2025-10-01' }]);
  });

  it('the same again changes nothing; another entry for an open case is refused, and the others are taken', async () => {
    const again = await bring([paper('5001'), paper('5002', { note: 'other' }), paper('5003')]);
    expect(again.body).toMatchObject({
      opened: 1,
      unchanged: 1,
      refused: 1,
      cases: [
        { outcome: 'unchanged', caseNumber: 'C-000001' },
        { outcome: 'refused', caseNumber: 'C-000002' },
        { outcome: 'opened', caseNumber: 'C-000003' },
      ],
    });
    expect(await rows()).toHaveLength(3);
    expect(await whole.db.select().from(paperLetters)).toHaveLength(3);
  });

  it('a paper letter can be looked at, and neither sent, printed nor settled', async () => {
    const key = encodeURIComponent('C-000001/first-notice/1/paper');
    expect((await ask('GET', `/v1/notices/${key}`)).body).toMatchObject({ status: 'before this system' });
    for (const [method, url, body] of [
      ['GET', `/v1/notices/${key}?format=pdf`, undefined],
      ['POST', `/v1/notices/${key}/posted`, {}],
      ['POST', `/v1/notices/${key}/settle`, { as: 'print', reason: 'once more' }],
    ] as const) {
      const answer = await ask(method, url, body);
      expect([answer.status, answer.body['code']], url).toEqual([409, 'LETTER_BEFORE_SYSTEM']);
    }
    expect((await ask('GET', '/v1/print-queue')).body).toMatchObject({ print: [], unknown: [] });
  });

  it('schools bring in nothing, and see no letter of another school', async () => {
    const clerk = await whole.office.person('school', ['EAST-HS']);
    expect((await ask('POST', '/v1/cases/import', { cases: [paper('5004')] }, clerk)).status).toBe(403);
    const key = encodeURIComponent('C-000001/first-notice/1/paper');
    expect((await ask('GET', `/v1/notices/${key}`, undefined, clerk)).status).toBe(404);
  });

  it('the second referral follows the one on paper: its letter is the first that leaves', async () => {
    await absences(whole, ['5001'], ['2025-10-14'], '2025-10-15');
    for (const date of ['2025-10-13', '2025-10-14', '2025-10-15']) {
      await whole.done('/v1/interventions', call(date, '5001'));
    }
    const early = await ask('POST', '/v1/cases/C-000001/referrals', { progress: 'absent again' });
    expect(early.body).toMatchObject({ code: 'REFERRAL_TOO_EARLY', details: { possibleFrom: '2025-10-16' } });
    await whole.day('2025-10-16');
    const referred = await ask('POST', '/v1/cases/C-000001/referrals', { progress: 'absent again' });
    expect(referred.body).toMatchObject({ stage: 'second-referral', letter: { kind: 'second-notice' } });
    await whole.day('2025-10-17');
    const { body } = await ask('GET', '/v1/notices?case=C-000001');
    expect(
      (body['notices'] as { kind: string; status: string }[]).map((one) => [one.kind, one.status]),
    ).toEqual([
      ['first-notice', 'before this system'],
      ['second-notice', 'sent'],
    ]);
  });

  it('a caseload, and a hearing still to come, go on: the one has its desk, the other its hour on the docket', async () => {
    const referral = (date: string, out: string) => ({
      date,
      notice: { date: out, channel: 'email', proof: 'copy' },
    });
    const hearing = {
      ...{ date: '2025-11-12', time: '10:00', place: 'Courthouse, room 2', scheduledOn: '2025-10-13' },
      notice: { date: '2025-10-14', channel: 'print', proof: 'certified mail' },
    };
    const { body } = await bring([
      paper('5006', {
        referrals: [
          referral('2025-09-08', '2025-09-09'),
          referral('2025-09-18', '2025-09-19'),
          referral('2025-10-01', '2025-10-02'),
        ],
        hearing,
        caseload: { date: '2025-10-02', reason: 'third referral' },
      }),
    ]);
    expect(body).toMatchObject({ opened: 1, refused: 0 });
    const [{ caseNumber = '' } = {}] = body['cases'] as { caseNumber: string }[];
    await whole.settled();
    const docket = (await ask('GET', '/v1/docket')).body['hearings'];
    expect(docket).toContainEqual(
      expect.objectContaining({ caseNumber, date: '2025-11-12', time: '10:00', place: 'Courthouse, room 2' }),
    );
    const shown = (await ask('GET', `/v1/cases/${caseNumber}`)).body;
    expect(shown).toMatchObject({ stage: 'hearing-scheduled' });
    expect((shown['journal'] as { type: string }[]).map((one) => one.type)).not.toContain('letter-decided');
    // The caseload is a workflow of its own, begun by the case: it writes in its own time.
    await expect
      .poll(() => whole.db.select().from(caseloads).where(eq(caseloads.caseNumber, caseNumber)), {
        timeout: 30_000,
      })
      .toMatchObject([{ status: 'open' }]);
    expect(await whole.db.select().from(notices).where(eq(notices.caseNumber, caseNumber))).toEqual([]);
  });

  it('a case is opened by hand where none is, once', async () => {
    const opened = await ask('POST', '/v1/cases', { student: '5004' });
    expect([opened.status, opened.body]).toEqual([
      201,
      { caseNumber: 'C-000005', opened: true, waits: false },
    ]);
    expect((await ask('POST', '/v1/cases', { student: '5004' })).body).toMatchObject({ opened: false });
  });

  it('the example file is read', () => {
    const file = readFileSync(
      path.join(import.meta.dirname, '..', '..', 'examples', 'paper-cases.yaml'),
      'utf8',
    );
    const reading = readPaperCases(file);
    expect(reading.ok && reading.file.entries.map((one) => one.student)).toEqual(['8100002', '8100003']);
  });
});

describe('versions of the policy', () => {
  const versionOf = async (number: string) => {
    const { body } = await ask('GET', `/v1/cases/${number}`);
    return [body['policy'], (body['state'] as { policy: { version: string } }).policy.version];
  };

  it('says, before anything is done, what a version would change for which open case', async () => {
    await whole.settled();
    const first = await ask('POST', '/v1/policies/effects', { text: text('2', TEN_DAYS), limit: 2 });
    expect(first.body).toMatchObject({ version: '2', reused: false, looked: 2, next: 'C-000002' });
    const second = await ask('POST', '/v1/policies/effects', {
      text: text('2', TEN_DAYS),
      after: 'C-000002',
    });
    expect(second.body).toMatchObject({ looked: 3, next: null });
    // C-000001 has its second referral of 16 October, C-000002 and 3 their first on paper; C-000004 has none.
    const affected = [first, second].flatMap(
      ({ body }) => body['affected'] as { caseNumber: string; lines: string[] }[],
    );
    expect(affected.map((one) => one.caseNumber)).toEqual(['C-000001', 'C-000002', 'C-000003']);
    expect(affected[0]?.lines).toEqual(['next referral possible: Mon 27 Oct 2025 → Thu 30 Oct 2025']);
    expect((await ask('POST', '/v1/policies/effects', { text: text('2') })).body).toMatchObject({
      affected: [],
    });
    expect(await whole.db.select({ version: policies.version }).from(policies)).toEqual([{ version: '1' }]);
  });

  it('new cases begin with the version in force, open ones keep theirs', async () => {
    const set = await ask('PUT', '/v1/office/policy', { text: text('2', TEN_DAYS) });
    expect(set.body).toEqual({ policy: 'roe53', version: '2', before: '1', changed: true });
    expect((await ask('PUT', '/v1/office/policy', { text: text('2', TEN_DAYS) })).body).toMatchObject({
      changed: false,
    });
    await whole.done('/v1/cases', { student: '5005' });
    await whole.settled();
    expect(await versionOf('C-000006')).toEqual(['roe53 2', '2']);
    expect(await versionOf('C-000001')).toEqual(['roe53 1', '1']);
    const { body } = await ask('GET', '/v1/policies');
    expect(body['versions']).toMatchObject([
      { version: '2', inForce: true, by: 'administrator U-admin' },
      { version: '1', inForce: false },
    ]);
  });

  it('a version on record cannot change under its number', async () => {
    const changed = text('2', TEN_DAYS, ['cleanSchoolDays: 45', 'cleanSchoolDays: 5']);
    const answer = await ask('PUT', '/v1/office/policy', { text: changed });
    expect([answer.status, answer.body['code']]).toEqual([409, 'POLICY_VERSION_REUSED']);
    expect((await ask('POST', '/v1/policies/effects', { text: changed })).body).toMatchObject({
      reused: true,
    });
    const moved = await ask('POST', '/v1/cases/C-000002/policy', { text: changed, reason: 'x' });
    expect(moved.body['code']).toBe('POLICY_VERSION_REUSED');
    // Nor at the next set-up from a changed file; a start without a wish keeps what is in force.
    const home = mkdtempSync(path.join(tmpdir(), 'truancy-set-up-'));
    const file = path.join(home, 'roe53.yaml');
    writeFileSync(file, changed);
    await expect(
      prepareInstallation(whole.db, { policy: file, office: DEFAULT_OFFICE, home }),
    ).rejects.toMatchObject({ code: 'POLICY_VERSION_REUSED' });
    const { office } = await prepareInstallation(whole.db, { office: DEFAULT_OFFICE, home });
    expect(office.policyVersion).toBe('2');
    rmSync(home, { recursive: true });
  });

  it('another office’s policy, one that holds later, a path and nonsense are refused', async () => {
    const code = async (body: object) => (await ask('PUT', '/v1/office/policy', body)).body['code'];
    expect(await code({ text: text('3', ['policy: roe53', 'policy: roe54']) })).toBe(
      'POLICY_OF_ANOTHER_OFFICE',
    );
    expect(await code({ text: text('3', ['effectiveFrom: 2018-07-01', 'effectiveFrom: 2026-07-01']) })).toBe(
      'POLICY_NOT_YET',
    );
    expect(await code({ text: 'policy: [' })).toBe('POLICY_FAULTY');
    expect(await code({ name: '../../etc/passwd' })).toBe('BAD_INPUT');
    expect(await code({ name: 'roe53@77' })).toBe('POLICY_UNKNOWN');
    const manager = await whole.office.person('case-manager', null);
    expect((await ask('PUT', '/v1/office/policy', { name: 'roe53@1' }, manager)).status).toBe(403);
  });

  it('a case is moved on purpose: its dates move, once; the journal says why', async () => {
    const move = { id: 'move-2', reason: 'board decision of 14 October' };
    const moved = await ask('POST', '/v1/cases/C-000002/policy', move);
    expect(moved.body).toMatchObject({ caseNumber: 'C-000002', version: '2', changed: true });
    expect((await ask('POST', '/v1/cases/C-000002/policy', move)).body).toMatchObject({ changed: false });
    expect((await ask('POST', '/v1/cases/C-000002/policy', { reason: 'again' })).body).toMatchObject({
      changed: false,
    });
    await whole.settled();
    expect(await versionOf('C-000002')).toEqual(['roe53 2', '2']);
    expect(await versionOf('C-000003')).toEqual(['roe53 1', '1']);
    const { body } = await ask('GET', '/v1/cases/C-000002');
    const journal = body['journal'] as { type: string; by: string; data: Record<string, unknown> }[];
    expect(journal.filter((one) => one.type === 'policy-adopted')).toMatchObject([
      { by: 'administrator U-admin', data: { reason: 'board decision of 14 October' } },
    ]);
    expect(body).toMatchObject({ possibleFrom: '2025-10-21' });
  });

  it('each case’s days are counted by its own version', async () => {
    const counts: [string, string] = [
      'countedCategories: [unexcused]',
      'countedCategories: [unexcused, suspension]',
    ];
    await whole
      .done('/v1/codes', { source: 'PEKIN-303/sis', code: 'OSS', category: 'suspension' })
      .catch(() => ask('PUT', '/v1/codes', { source: 'PEKIN-303/sis', code: 'OSS', category: 'suspension' }));
    const mark = (student: string, date: string) => ({
      student,
      school: '17',
      date,
      code: 'OSS',
      fraction: 1,
    });
    const arrive = (date: string) =>
      whole.done('/v1/attendance/imports', {
        source: 'PEKIN-303/sis',
        rows: [mark('5002', date), mark('5003', date)],
        covers: { from: '2025-08-18', to: '2025-10-16' },
        schools: ['PEKIN-HS'],
      });
    const days = async (number: string) => {
      await whole.settled();
      return (await ask('GET', `/v1/cases/${number}`)).body['unexcusedDays'];
    };
    await arrive('2025-10-14');
    expect([await days('C-000002'), await days('C-000003')]).toEqual([0, 0]);
    // What counts newly is there as soon as the case is moved, and what arrives later, too.
    await whole.done('/v1/cases/C-000002/policy', { text: text('3', TEN_DAYS, counts), reason: 'trial' });
    expect([await days('C-000002'), await days('C-000003')]).toEqual([1, 0]);
    await arrive('2025-10-15');
    expect([await days('C-000002'), await days('C-000003')]).toEqual([2, 0]);
    const explained = async (student: string) =>
      (await ask('GET', `/v1/attendance/explain?student=${student}`)).body['count'];
    expect(await explained('5002')).toMatchObject({ unexcusedDays: 2 });
    expect(await explained('5003')).toMatchObject({ unexcusedDays: 0 });
    await whole.done('/v1/cases/C-000002/policy', { name: 'roe53@1', reason: 'the trial is over' });
    expect([await days('C-000002'), await days('C-000003')]).toEqual([0, 0]);
  });
});
