/** An office for API tests: a real database, a school with a calendar, people with keys. Names are invented. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTemporal } from '../../client/connect-temporal.ts';
import { createCaseClient, type CaseClient } from '../../client/case-client.ts';
import { buildApi, type Api, type ApiOptions } from '../../client/api/app.ts';
import { silentLog } from '../../client/log.ts';
import { policyReader } from '../../client/services/context.ts';
import { officeFacts, prepareInstallation } from '../../client/setup.ts';
import type { Database } from '../../db/connect.ts';
import { createUser, issueKey } from '../../db/stores/users.ts';

export interface Answer {
  readonly status: number;
  // Bodies are looked into field by field, as a client would.
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

export interface TestOffice {
  readonly db: Database;
  readonly api: Api;
  readonly caseClient: CaseClient;
  readonly adminKey: string;
  readonly scriptKey: string;
  /** Asks as the administrator unless another key is given (null: none). */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    key?: string | null,
  ): Promise<Answer>;
  /** A person with a key. */
  person(role: string, schools: string[] | null): Promise<string>;
  close(): Promise<void>;
}

export const TODAY = '2025-10-15';

export async function testOffice(
  db: Database,
  options: { temporal?: { address: string; namespace: string }; api?: ApiOptions; policy?: string } = {},
): Promise<TestOffice> {
  const home = mkdtempSync(join(tmpdir(), 'truancy-api-'));
  const policy = options.policy ?? 'roe53';
  // Port 1 on loopback: nothing listens there, as when Temporal is down.
  const temporal = connectTemporal(options.temporal ?? { address: '127.0.0.1:1', namespace: 'truancy' });
  const caseClient = createCaseClient({
    client: temporal.client,
    db,
    office: () => Promise.resolve(officeFacts(policy).code),
    ...(options.temporal ? {} : { callMs: 300, decisionMs: 1_000 }),
  });
  const { key, scriptKey } = await prepareInstallation(db, {
    policy,
    office: officeFacts(policy),
    driven: { today: TODAY, msPerDay: 600_000 },
    home,
  });
  const api = await buildApi({ db, caseClient, log: silentLog, policy: policyReader() }, options.api);
  const office: TestOffice = {
    db,
    api,
    caseClient,
    adminKey: key,
    scriptKey: scriptKey ?? '',
    async ask(method, url, body, as = key) {
      const response = await api.inject({
        method,
        url,
        headers: as === null ? {} : { authorization: `Bearer ${as}` },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      let parsed: Record<string, unknown> = {};
      try {
        parsed = JSON.parse(response.body) as Record<string, unknown>;
      } catch {
        // A letter or a page.
      }
      return { status: response.statusCode, body: parsed, text: response.body, headers: response.headers };
    },
    async person(role, schools) {
      const user = await createUser(db, { name: 'Somebody', role, schools });
      return (await issueKey(db, user.id)).key;
    },
    async close() {
      await api.close();
      await temporal.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return office;
}

/** Weekdays from 18 August 2025 to 29 May 2026, Columbus Day off; and the year before. */
export const CALENDAR = {
  terms: [
    { from: '2024-08-19', to: '2025-05-30' },
    { from: '2025-08-18', to: '2026-05-29' },
  ],
  closed: ['2025-10-13'],
  open: [],
};

/** Two schools of one district, three students, parents with and without e-mail. */
export async function settle(office: TestOffice): Promise<void> {
  const must = async (method: 'POST' | 'PUT', url: string, body: unknown) => {
    const answer = await office.ask(method, url, body);
    if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
  };
  await must('POST', '/v1/districts', {
    districts: [{ code: 'PEKIN-303', name: 'Pekin Community High School' }],
  });
  await must('POST', '/v1/schools', {
    schools: [
      {
        code: 'PEKIN-HS',
        sourceId: '17',
        district: 'PEKIN-303',
        name: 'Pekin Community High School',
        county: 'Tazewell',
      },
      {
        code: 'EAST-HS',
        sourceId: '18',
        district: 'PEKIN-303',
        name: 'East High School',
        county: 'Tazewell',
      },
    ],
  });
  for (const school of ['PEKIN-HS', 'EAST-HS']) {
    await must('PUT', `/v1/schools/${school}/calendar`, { calendar: CALENDAR, source: 'test' });
  }
  await must('POST', '/v1/students:import', {
    students: [
      { sisId: '1001', firstName: 'Ada', lastName: 'Testchild', birthDate: '2011-03-02', school: 'PEKIN-HS' },
      { sisId: '1002', firstName: 'Ben', lastName: 'Testchild', birthDate: '2010-05-09', school: 'PEKIN-HS' },
      {
        sisId: '2001',
        firstName: 'Cleo',
        lastName: 'Otherchild',
        birthDate: '2010-01-20',
        school: 'EAST-HS',
      },
    ],
  });
  const tie = (student: string) => ({
    student,
    relation: 'Mother',
    legalRecipient: 'yes',
    livesWith: true,
    primary: true,
    noContact: false,
  });
  const home = { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
  await must('POST', '/v1/guardians:import', {
    guardians: [
      {
        sourceId: 'g-1',
        firstName: 'Mara',
        lastName: 'Testchild',
        language: 'en',
        email: 'mara@example.org',
        address: home,
        students: [tie('1001')],
      },
      {
        sourceId: 'g-2',
        firstName: 'Nora',
        lastName: 'Testchild',
        language: 'es',
        address: home,
        students: [tie('1002')],
      },
    ],
  });
}

export const call = (date: string, student = '1001') => ({
  student,
  kind: 'phone-call',
  date,
  by: 'attendance clerk',
  outcome: 'spoke with a parent, who will see to it',
});
