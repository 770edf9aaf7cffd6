/** Where a week is lived: an office with its schools and students, and a Temporal server. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { dataConverter } from '../../client/data-converter.ts';
import type { Database } from '../../db/connect.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { saveOffice, setDrivenToday } from '../../db/stores/office.ts';
import { upsertDistricts, upsertSchools } from '../../db/stores/places.ts';
import { upsertStudents } from '../../db/stores/students.ts';
import { addDays } from '../../domain/dates.ts';
import { resolveTemporalCli } from '../../stack/resolve-binary.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { asDepartment } from './call-story.ts';
import { CLERK } from './office-records.ts';
import type { WeekOptions } from './week-options.ts';

/** A Monday in term. */
export const MONDAY = '2025-02-10';

const TERM = {
  terms: [{ from: '2025-01-06', to: '2025-05-30' }],
  closed: [],
  open: [],
};

export const schoolCode = (n: number) => `SCHOOL-${String(n).padStart(2, '0')}`;
export const sisOf = (n: number) => `W${String(n).padStart(4, '0')}`;

export async function setUp(db: Database, { schools, calls }: WeekOptions): Promise<void> {
  await saveOffice(db, {
    ...{ code: 'intervention', name: 'Intervention Department', zone: 'America/Chicago' },
    ...{ policyName: 'intervention-department', policyVersion: '1' },
  });
  await asDepartment(db);
  await setDrivenToday(db, addDays(MONDAY, -1));
  await upsertDistricts(db, [{ code: 'D1', name: 'District One' }], CLERK);
  const codes = Array.from({ length: schools }, (_, n) => schoolCode(n));
  await upsertSchools(
    db,
    codes.map((code, n) => ({
      ...{ code, sourceId: String(1_000 + n), name: `School ${n}`, district: 'D1', county: 'Tazewell' },
      ...{ zone: 'America/Chicago', contacts: [] },
    })),
    CLERK,
  );
  for (const code of codes) {
    await saveCalendar(db, { kind: 'school', code }, TERM, { ...CLERK, source: 'test', reason: 'test' });
  }
  await upsertStudents(
    db,
    Array.from({ length: calls * 2 }, (_, n) => ({
      ...{ sisId: sisOf(n), firstName: 'Test', lastName: `Student ${n}` },
      school: schoolCode(n % schools),
    })),
    CLERK,
    MONDAY,
  );
}

export async function startTemporal(): Promise<TestWorkflowEnvironment> {
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: (await resolveTemporalCli(() => undefined)).path },
      log: { format: 'pretty', level: 'never' },
    },
    client: { dataConverter },
  });
  const types = { Keyword: 2, Int: 3, Double: 4, Datetime: 6, KeywordList: 7 } as const;
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, types[type]]),
    ),
  });
  return env;
}
