/** The invented schools and families of the department's demo. */
import type { Api } from './api-client.ts';

export const FIRST_DAY = '2025-10-15';
export const NEXT_DAY = '2025-10-16';

const TERMS = {
  terms: [{ from: '2025-08-18', to: '2026-05-29' }],
  closed: ['2025-10-13'],
  open: [],
};

const FAMILY = 'Exampleton';

/** Names that stand in no message: what the demo's own check looks for in the mail. */
export const NAMES = [FAMILY, 'Rowan', 'Sasha', 'Toni', 'Uma'];

const STUDENTS = [
  { sisId: '7001', firstName: 'Rowan', birthDate: '2010-01-20', school: 'ELM-HS' },
  { sisId: '7002', firstName: 'Sasha', birthDate: '2011-03-02', school: 'OAK-HS' },
  { sisId: '7003', firstName: 'Toni', birthDate: '2010-05-09', school: 'OAK-HS' },
  { sisId: '7004', firstName: 'Uma', birthDate: '2012-09-30', school: 'ELM-HS' },
].map((one) => ({ ...one, lastName: FAMILY }));

/** Five days of AUK of the student the MIA visit is for; the next school has the police call's mark later. */
const AUK_DAYS = ['2025-10-07', '2025-10-08', '2025-10-09', '2025-10-10', '2025-10-14'];

export async function bringInDepartment(api: Api): Promise<void> {
  await api.send('POST', '/v1/districts', {
    districts: [{ code: 'LARKFIELD-1', name: 'Larkfield Schools' }],
  });
  await api.send('POST', '/v1/schools', {
    schools: ['OAK-HS', 'ELM-HS'].map((code, n) => {
      const name = `${code === 'OAK-HS' ? 'Oak' : 'Elm'} High School`;
      const mailbox = (of: string) => `${of}@${code.toLowerCase()}.example`;
      return {
        ...{ code, name, sourceId: String(41 + n), district: 'LARKFIELD-1', county: 'Larkfield' },
        contacts: ['attendance-clerk', 'counselor'].map((of) => ({
          ...{ function: of, name: `The ${of.replace('-', ' ')}`, email: mailbox(of) },
        })),
      };
    }),
  });
  for (const school of ['OAK-HS', 'ELM-HS']) {
    await api.send('PUT', `/v1/schools/${school}/calendar`, { calendar: TERMS, source: 'demo' });
  }
  await api.send('POST', '/v1/students:import', { students: STUDENTS, asOf: FIRST_DAY });
  await api.send('POST', '/v1/guardians:import', {
    guardians: STUDENTS.map(({ sisId }, n) => ({
      ...{ sourceId: `g-${sisId}`, firstName: 'Parent', lastName: FAMILY, language: 'en' },
      address: {
        lines: [`${n + 1} Invented Street`],
        city: 'Larkfield',
        state: 'IL',
        postalCode: `6159${n}`,
      },
      phones: [
        { number: `309-555-01${n}1`, kind: 'mobile', household: true },
        { number: `309-555-01${n}2`, kind: 'work', household: false },
      ],
      students: [
        {
          student: sisId,
          relation: 'Mother',
          legalRecipient: 'yes',
          livesWith: true,
          primary: true,
          noContact: false,
        },
      ],
    })),
  });
  await marks(
    api,
    'OAK-HS',
    AUK_DAYS.map((date) => ['7003', date, 'AUK'] as const),
    '2025-10-14',
  );
}

/** What the school's student system says, known up to a date. */
export async function marks(
  api: Api,
  school: string,
  given: readonly (readonly [student: string, date: string, code: string])[],
  knownTo: string,
): Promise<void> {
  await api.send('POST', '/v1/attendance/imports', {
    ...{ source: 'LARKFIELD-1/ic', format: 'infinite-campus' },
    rows: given.map(([student, date, code], i) => ({
      line: i + 2,
      student,
      school,
      date,
      code,
      fraction: 1,
    })),
    covers: { from: '2025-10-01', to: knownTo },
    schools: [school],
  });
}
