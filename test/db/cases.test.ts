import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import {
  caseByNumber,
  casesOfStudent,
  dueCases,
  journalOf,
  listCases,
  openCase,
  openCaseOfStudent,
  openCasesOfSchool,
  waitForProjection,
} from '../../db/stores/cases.ts';
import {
  addIntervention,
  attachInterventions,
  interventionsOf,
  SAME_KIND_SAME_DAY,
  voidIntervention,
} from '../../db/stores/interventions.ts';
import { recordProgress } from '../../db/stores/progress.ts';
import type { Progress } from '../../db/stores/progress.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { completeTask, listTasks } from '../../db/stores/tasks.ts';
import { addCase, addStudents, CLERK, newCase, setUpOffice, TODAY } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase({ max: 12 });
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

const FIRST_RUN = '2025-02-12T14:00:00.000Z';
const LATER_RUN = '2025-02-12T15:00:00.000Z';

/** A wake-up's write at a sequence number, the stage naming it. */
function progress(caseNumber: string, seq: number, more: Partial<Progress> = {}): Progress {
  const runId = more.runId ?? 'run-1';
  return {
    caseNumber,
    runId,
    runStartedAt: FIRST_RUN,
    seq,
    entries: [
      {
        seq,
        officeDate: TODAY,
        at: FIRST_RUN,
        actor: 'U-0001',
        role: 'school-staff',
        type: 'referral-made',
        data: { seq },
      },
    ],
    projection: { stage: `stage-${seq}` },
    columns: {
      status: 'open',
      stage: `stage-${seq}`,
      unexcused: 4.25,
      flags: ['on-hold'],
      nextDeadline: '2025-02-20',
    },
    ...more,
  };
}

describe('opening a case', () => {
  it('twelve doors at once open one case for a student, and all are given that one', async () => {
    const [id = 0] = await addStudents(db, 'OPEN1');
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => db.transaction((tx) => openCase(tx, newCase(id), CLERK))),
    );
    expect(answers.filter((answer) => answer.opened)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.case.number)).size).toBe(1);
    expect(await casesOfStudent(db, id)).toHaveLength(1);
  });

  it('has an opaque number, and a second one links back to the first once that is closed', async () => {
    const one = await addCase(db);
    expect(one.case.number).toMatch(/^C-\d{6}$/);
    expect(one.case.workflowId).toBe(`case-${one.case.number}`);
    await recordProgress(
      db,
      progress(one.case.number, 1, {
        columns: {
          ...{ status: 'closed', stage: 'closed', unexcused: 0, flags: [] },
          ...{ closedOn: TODAY, closeReason: 'improved' },
        },
      }),
    );
    expect(await openCaseOfStudent(db, one.studentId)).toBeUndefined();
    const next = await db.transaction((tx) => openCase(tx, newCase(one.studentId), CLERK));
    expect(next).toMatchObject({ opened: true, case: { previousCase: one.case.number } });
  });
});

describe('what a workflow writes down', () => {
  it('twice is once: the journal keeps one entry, the projection is the same', async () => {
    const { case: opened } = await addCase(db);
    const step = {
      ...{ key: `${opened.number}/first-notice/1`, kind: 'first-notice', sequence: 1 },
      ...{ decidedOn: TODAY, sendOn: '2025-02-13', basis: { days: 4.25 }, parked: null },
    };
    const task = {
      key: `${opened.number}/contact/1`,
      kind: 'contact',
      role: 'case-manager',
      textCode: 'CONTACT_FAMILY',
      details: {},
    };
    const write = progress(opened.number, 1, { steps: [step], tasks: [task] });
    await Promise.all([recordProgress(db, write), recordProgress(db, write)]);
    expect(await journalOf(db, opened.number)).toHaveLength(1);
    expect(await caseByNumber(db, opened.number)).toMatchObject({
      stage: 'stage-1',
      unexcused: 4.25,
      flags: ['on-hold'],
      nextDeadline: '2025-02-20',
      projection: { stage: 'stage-1' },
      runStartedAt: FIRST_RUN,
      seq: 1,
    });
    expect(await stepByKey(db, step.key)).toMatchObject({ status: 'waiting', sendOn: '2025-02-13' });
    expect(await listTasks(db, { caseNumber: opened.number })).toHaveLength(1);
  });

  it('without a decision still counts: a fact may change the count and nothing else', async () => {
    const { case: opened } = await addCase(db);
    await recordProgress(db, progress(opened.number, 2));
    const columns = { status: 'open', stage: 'stage-2', unexcused: 5, flags: [] } as const;
    expect(await recordProgress(db, progress(opened.number, 2, { entries: [], columns }))).toEqual({
      taken: true,
    });
    expect((await caseByNumber(db, opened.number))?.unexcused).toBe(5);
  });

  it('late is no step back: an older sequence adds its journal but leaves the projection', async () => {
    const { case: opened } = await addCase(db);
    await recordProgress(db, progress(opened.number, 5));
    expect(await recordProgress(db, progress(opened.number, 4))).toEqual({ taken: false });
    expect((await caseByNumber(db, opened.number))?.stage).toBe('stage-5');
    expect((await journalOf(db, opened.number)).map((entry) => entry.seq)).toEqual([4, 5]);
  });

  it('a newer run wins whatever its sequence, and the run it replaced is not heard any more', async () => {
    const { case: opened } = await addCase(db);
    await recordProgress(db, progress(opened.number, 9));
    const reset = { runId: 'run-2', runStartedAt: LATER_RUN };
    expect(await recordProgress(db, progress(opened.number, 3, reset))).toEqual({ taken: true });
    expect(await recordProgress(db, progress(opened.number, 10))).toEqual({ taken: false });
    expect(await caseByNumber(db, opened.number)).toMatchObject({ stage: 'stage-3', runId: 'run-2', seq: 3 });
    expect(await journalOf(db, opened.number)).toHaveLength(3);
  });

  it('a case that a reset would open again beside a newer one stays closed, and a person is told', async () => {
    const { case: old, studentId } = await addCase(db);
    await recordProgress(
      db,
      progress(old.number, 1, {
        columns: { status: 'closed', stage: 'closed', unexcused: 0, flags: [], closedOn: TODAY },
      }),
    );
    const next = await db.transaction((tx) => openCase(tx, newCase(studentId), CLERK));
    await recordProgress(db, progress(old.number, 1, { runId: 'reset', runStartedAt: LATER_RUN }));
    expect((await caseByNumber(db, old.number))?.status).toBe('closed');
    expect((await openCaseOfStudent(db, studentId))?.number).toBe(next.case.number);
    expect(await listTasks(db, { caseNumber: old.number })).toMatchObject([{ kind: 'two-open-cases' }]);
  });

  it('a door waits until its decision shows, and says so when it does not', async () => {
    const { case: opened } = await addCase(db);
    const waiting = waitForProjection(db, opened.number, 1);
    await recordProgress(db, progress(opened.number, 1));
    expect(await waiting).toBe(true);
    expect(await waitForProjection(db, opened.number, 2, 50)).toBe(false);
  });
});

describe('lists of cases', () => {
  it('filter by stage, school, deadline and flag, page by number, and find what has become due', async () => {
    const own = await postgres.freshDatabase();
    await setUpOffice(own);
    const numbers: string[] = [];
    for (let i = 1; i <= 3; i++) {
      const { case: opened } = await addCase(own);
      numbers.push(opened.number);
      const flags = i === 2 ? ['undelivered'] : [];
      await recordProgress(
        own,
        progress(opened.number, i, {
          columns: {
            status: 'open',
            stage: `stage-${i}`,
            unexcused: i,
            flags,
            actionBy: 'case-manager',
            nextDeadline: `2025-03-0${i}`,
          },
        }),
      );
    }
    const listed = async (filter: Parameters<typeof listCases>[1]) =>
      (await listCases(own, filter)).map((row) => numbers.indexOf(row.number) + 1);
    expect(await listed({})).toEqual([1, 2, 3]);
    expect(await listed({ limit: 2 })).toEqual([1, 2]);
    expect(await listed({ after: numbers[1] ?? '' })).toEqual([3]);
    expect(await listed({ stage: 'stage-2' })).toEqual([2]);
    expect(await listed({ flag: 'undelivered' })).toEqual([2]);
    expect(await listed({ dueBefore: '2025-03-02' })).toEqual([1, 2]);
    expect(await listed({ schools: ['SOUTH-HS'] })).toEqual([]);
    expect(await listed({ schools: [] })).toEqual([]);
    expect(await listed({ schools: null, actionBy: 'case-manager' })).toEqual([1, 2, 3]);
    expect(await listed({ status: 'closed' })).toEqual([]);
    const due = async (school: string, by: string) =>
      (await dueCases(own, [{ school, from: '2025-02-01', to: by }], by)).map((one) => one.caseNumber);
    expect(await due('NORTH-HS', '2025-03-01')).toEqual([numbers[0]]);
    expect(await due('SOUTH-HS', '2025-03-31')).toEqual([]);
    expect(await openCasesOfSchool(own, 'NORTH-HS')).toEqual(numbers);
  });
});

describe('interventions', () => {
  const phoneCall = (id: string, studentId: number, more = {}) => ({
    ...{ id, studentId, kind: 'phone-call', date: '2025-02-10', byWhom: 'homeroom', loggedOn: TODAY },
    ...more,
  });

  it('the same one sent twice, even at once, counts once', async () => {
    const [id = 0] = await addStudents(db, 'INT1');
    const sent = await Promise.all(
      [1, 2, 3].map(() => db.transaction((tx) => addIntervention(tx, phoneCall('cmd-1', id), CLERK))),
    );
    expect(sent.filter((answer) => answer.added)).toHaveLength(1);
    expect(await interventionsOf(db, id)).toHaveLength(1);
  });

  it('several of one kind on one day are flagged, not refused', async () => {
    const [id = 0] = await addStudents(db, 'INT2');
    for (const command of ['a', 'b']) {
      await db.transaction((tx) => addIntervention(tx, phoneCall(`int2-${command}`, id), CLERK));
    }
    await db.transaction((tx) => addIntervention(tx, phoneCall('int2-c', id, { kind: 'home-visit' }), CLERK));
    const flags = (await interventionsOf(db, id)).map((row) => [row.kind, row.flagged]);
    expect(flags).toEqual([
      ['phone-call', SAME_KIND_SAME_DAY],
      ['phone-call', SAME_KIND_SAME_DAY],
      ['home-visit', null],
    ]);
  });

  it('one taken back stays visible, with its reason', async () => {
    const { case: opened, studentId } = await addCase(db);
    await db.transaction((tx) => addIntervention(tx, phoneCall('int3', studentId), CLERK));
    await db.transaction((tx) => attachInterventions(tx, studentId, opened.number));
    await db.transaction((tx) => voidIntervention(tx, 'int3', 'wrong student', 'U-0001'));
    expect(await db.transaction((tx) => voidIntervention(tx, 'int3', 'again', 'U-0002'))).toBeUndefined();
    expect(await interventionsOf(db, studentId)).toEqual([]);
    expect(await interventionsOf(db, studentId, { withVoid: true })).toMatchObject([
      { id: 'int3', caseNumber: opened.number, voidReason: 'wrong student', voidBy: 'U-0001' },
    ]);
  });
});

describe('tasks', () => {
  it('are done once, by the first who says so', async () => {
    const { case: opened } = await addCase(db);
    const task = { key: 'task-1', kind: 'call', role: 'case-manager', textCode: 'CALL', details: {} };
    await recordProgress(db, progress(opened.number, 1, { tasks: [task] }));
    const [listed] = await listTasks(db, { caseNumber: opened.number });
    expect(listed?.createdOn).toBe(TODAY);
    expect(await completeTask(db, listed?.id ?? 0, 'U-0002')).toMatchObject({ doneBy: 'U-0002' });
    expect(await completeTask(db, listed?.id ?? 0, 'U-0003')).toBeUndefined();
    expect(await listTasks(db, { caseNumber: opened.number })).toEqual([]);
    await recordProgress(db, progress(opened.number, 2, { tasks: [task] }));
    expect(await listTasks(db, { caseNumber: opened.number })).toEqual([]);
  });
});
