import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { appendAudit, readAudit } from '../../db/stores/audit.ts';
import { once } from '../../db/stores/commands.ts';
import { importsOfFile, listImports, recordImport } from '../../db/stores/imports.ts';
import { createUser, disableUser, issueKey, listKeys, revokeKey, verifyKey } from '../../db/stores/users.ts';
import { CLERK, setUpOffice } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

const newUser = () => createUser(db, { name: 'Test User', role: 'school-staff', schools: ['NORTH-HS'] });

describe('keys', () => {
  it('let their owner in, and the records hold no secret', async () => {
    const user = await newUser();
    expect(user.id).toMatch(/^U-\d{4}$/);
    const issued = await issueKey(db, user.id);
    expect(issued.key).toMatch(/^tc_[0-9a-f]{12}_[0-9a-f]{64}$/);
    expect(await verifyKey(db, issued.key)).toMatchObject({
      id: user.id,
      role: 'school-staff',
      schools: ['NORTH-HS'],
    });
    const kept = await db.execute(sql`select to_jsonb(api_keys) as row from api_keys`);
    expect(JSON.stringify(kept)).not.toContain(issued.key.slice(-64));
    expect(await listKeys(db, user.id)).toMatchObject([{ prefix: issued.prefix, revokedAt: null }]);
  });

  it('do not open with a wrong secret, an unknown prefix, or anything that is no key', async () => {
    const { key } = await issueKey(db, (await newUser()).id);
    const flipped = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    const wrong = [
      flipped,
      key.replace(/_[0-9a-f]{12}_/, '_000000000000_'),
      '',
      'tc__',
      `${key} `,
      key.toUpperCase(),
      "tc_' or 1=1 --",
    ];
    for (const attempt of wrong) expect(await verifyKey(db, attempt)).toBeUndefined();
  });

  it('end when they expire, are revoked, or their owner leaves', async () => {
    const user = await newUser();
    const expiring = await issueKey(db, user.id, { expiresAt: '2025-06-30T00:00:00.000Z' });
    expect(await verifyKey(db, expiring.key, '2025-06-29T23:59:59.000Z')).toBeDefined();
    expect(await verifyKey(db, expiring.key, '2025-06-30T00:00:00.000Z')).toBeUndefined();
    const revoked = await issueKey(db, user.id);
    expect(await revokeKey(db, revoked.prefix)).toBe(true);
    expect(await revokeKey(db, revoked.prefix)).toBe(false);
    expect(await verifyKey(db, revoked.key)).toBeUndefined();
    const last = await issueKey(db, user.id);
    expect(await disableUser(db, user.id)).toBe(true);
    expect(await verifyKey(db, last.key)).toBeUndefined();
  });
});

describe('the audit trail', () => {
  it('takes entries and gives them back in order', async () => {
    const first = await appendAudit(db, { ...CLERK, action: 'case.read', subject: 'case C-000001' });
    const second = await appendAudit(db, {
      ...CLERK,
      action: 'referral.made',
      subject: 'case C-000001',
      details: { step: 1 },
    });
    expect(await readAudit(db, { subject: 'case C-000001' })).toMatchObject([
      { id: first, action: 'case.read', actor: 'U-0001', role: 'school-staff' },
      { id: second, details: { step: 1 } },
    ]);
    expect(await readAudit(db, { afterId: first })).toHaveLength(1);
  });

  it.each([
    'update audit set actor = $$x$$',
    'delete from audit',
    'truncate audit',
    'truncate audit cascade',
  ])('refuses "%s"', async (statement) => {
    await appendAudit(db, { ...CLERK, action: 'x', subject: 'y' });
    const before = await readAudit(db);
    await expect(db.execute(statement)).rejects.toThrow(/append-only/);
    expect(await readAudit(db)).toEqual(before);
  });
});

describe('commands outside any case', () => {
  const command = (id: string, requestHash = 'h1') => ({ id, door: 'calendar.close', requestHash });

  it('sent five times at once are done once, and all get the same answer', async () => {
    let done = 0;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        once(db, command('cmd-1'), CLERK, async () => {
          done += 1;
          return { version: done };
        }),
      ),
    );
    expect(done).toBe(1);
    expect(new Set(answers.map((answer) => JSON.stringify('response' in answer && answer.response)))).toEqual(
      new Set(['{"version":1}']),
    );
  });

  it('with an id used for something else are not done at all', async () => {
    await once(db, command('cmd-2'), CLERK, async () => ({ ok: true }));
    const other = await once(db, command('cmd-2', 'h2'), CLERK, async () => ({ ok: false }));
    expect(other).toEqual({ outcome: 'id-reused' });
  });

  it('that failed may be tried again', async () => {
    const failing = once(db, command('cmd-3'), CLERK, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await once(db, command('cmd-3'), CLERK, async () => ({ ok: true }))).toEqual({
      outcome: 'done',
      response: { ok: true },
    });
  });
});

describe('imports', () => {
  it('are recognised by their content', async () => {
    const given = {
      kind: 'attendance',
      source: 'D1/infinite-campus',
      sha256: 'f'.repeat(64),
      fileName: 'march.csv',
      report: { read: 3 },
    };
    const kept = await recordImport(db, given, CLERK);
    expect(await importsOfFile(db, given.source, given.sha256)).toEqual([kept]);
    expect(await importsOfFile(db, 'D2/infinite-campus', given.sha256)).toEqual([]);
    expect(await listImports(db, { kind: 'attendance' })).toHaveLength(1);
  });
});
