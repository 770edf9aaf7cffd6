/** A fresh installation for a demo: schema, driven office, its letterhead; then places and people through the API. */
import { addDays } from '../../domain/dates.ts';
import type { OfficeProfile, StateAttorney } from '../../domain/office-profile.ts';
import type { GuardianRecord, SchoolRecord, StudentRecord } from '../../domain/records.ts';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { loadOfficeProfile } from '../../imports/office-profile.ts';
import { DEFAULT_OFFICE, prepareInstallation, type Installation } from '../setup.ts';
import type { Api } from './api-client.ts';
import { EXAMPLE_OFFICE, type Dataset } from './dataset.ts';

/**
 * How long a day of the office is guessed to last at least. The driver tells every case and letter when its day has
 * come; timers that ring before it would only ask in vain.
 */
const LEAST_MS_PER_DAY = 60_000;

export interface PreparedOffice extends Installation {
  readonly profile: OfficeProfile;
}

export async function prepareOffice(
  databaseUrl: string,
  wish: { home: string; policy: string; dataset: Dataset; speedMs: number; say: (line: string) => void },
): Promise<PreparedOffice> {
  const { home, policy, dataset } = wish;
  await migrate(databaseUrl);
  const db = connect(databaseUrl, { name: 'truancy demo' });
  try {
    const installation = await prepareInstallation(db, {
      home,
      policy,
      office: { ...DEFAULT_OFFICE, name: `${DEFAULT_OFFICE.name} (demo)` },
      driven: {
        today: addDays(dataset.from, -1),
        msPerDay: Math.max(2 * wish.speedMs, LEAST_MS_PER_DAY),
      },
    });
    const profile = withEveryCounty(await loadOfficeProfile(EXAMPLE_OFFICE), dataset.schools);
    await updateOffice(db, { profile });
    return { ...installation, profile };
  } finally {
    await db.close();
  }
}

/** Papers for court go to the State's Attorney of the school's county: each county of the input gets an invented one. */
function withEveryCounty(profile: OfficeProfile, schools: readonly SchoolRecord[]): OfficeProfile {
  const stateAttorneys: Record<string, StateAttorney> = { ...profile.stateAttorneys };
  const [model] = Object.values(profile.stateAttorneys);
  for (const county of new Set(schools.map(countyOf))) {
    if (!stateAttorneys[county] && model) {
      stateAttorneys[county] = { ...model, title: `State’s Attorney of ${county} County` };
    }
  }
  return { ...profile, stateAttorneys };
}

function countyOf(school: SchoolRecord): string {
  return school.county || 'Unknown';
}

/** Records a request at most; the API's own limit is far above. */
const AT_ONCE = 2_000;

/** Everything that is known before the first day: places, calendars, people, and earlier attendance. */
export async function bringIn(api: Api, dataset: Dataset): Promise<void> {
  const districts = new Map(
    dataset.schools.map((school) => [districtCode(school.district), school.district]),
  );
  await api.send('POST', '/v1/districts', {
    districts: [...districts].map(([code, name]) => ({ code, name })),
  });
  await api.send('POST', '/v1/schools', {
    schools: dataset.schools.map((school) => ({
      ...school,
      district: districtCode(school.district),
      county: countyOf(school),
    })),
  });
  for (const [school, calendar] of dataset.calendars) {
    await api.send('PUT', `/v1/schools/${encodeURIComponent(school)}/calendar`, {
      calendar,
      source: 'files',
    });
  }
  for (const students of inParts(withSchools(dataset))) {
    await api.send('POST', '/v1/students:import', { students, asOf: dataset.from });
  }
  for (const guardians of inParts(
    dataset.contactsKnown ? dataset.guardians : inventedGuardians(dataset.students),
  )) {
    await api.send('POST', '/v1/guardians:import', { guardians });
  }
}

/** The school a roster does not name is the one of the student's first mark. */
function withSchools(dataset: Dataset): StudentRecord[] {
  const seen = new Map<string, string>();
  for (const delivery of [...dataset.history, ...dataset.feed]) {
    for (const row of delivery.rows) if (!seen.has(row.student)) seen.set(row.student, row.school);
  }
  const known = new Set(dataset.schools.map((school) => school.code));
  return dataset.students.map((student) => {
    const school =
      student.school !== undefined && known.has(student.school) ? student.school : seen.get(student.sisId);
    const { school: _, ...rest } = student;
    return school === undefined ? rest : { ...rest, school };
  });
}

/** Where nobody said who the adults are, each student has one with a postal address, so that letters can be followed. */
function inventedGuardians(students: readonly StudentRecord[]): GuardianRecord[] {
  return students.map(({ sisId }) => ({
    sourceId: `invented-${sisId}`,
    firstName: 'Parent of',
    lastName: sisId,
    language: 'en',
    phones: [],
    address: { lines: ['1 Invented Street'], city: 'Larkfield', state: 'IL', postalCode: '61599' },
    students: [
      {
        student: sisId,
        relation: 'Parent',
        legalRecipient: 'yes',
        livesWith: true,
        primary: true,
        noContact: false,
      },
    ],
  }));
}

function inParts<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < list.length; i += AT_ONCE) parts.push(list.slice(i, i + AT_ONCE));
  return parts;
}

/** `Larkfield Community Unit School District 412` → `Larkfield-Community-Unit-School-District`, at most 40 characters. */
export function districtCode(name: string): string {
  const code = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return code || 'District';
}
