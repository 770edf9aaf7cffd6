/** What the Intervention Department's papers say, from records: to whom, in which language, and what never. */
import { describe, expect, it } from 'vitest';
import type { Addressee } from '../../domain/recipients.ts';
import {
  doorNoteLetter,
  monitorContractLetter,
  type DepartmentFacts,
} from '../../letters/department-letters.ts';
import { PRACTICE_DEPARTMENT } from '../../client/office-profile.ts';

const adult = (id: number, firstName: string) => ({
  ...{
    id,
    sourceId: `g-${id}`,
    firstName,
    lastName: 'Test',
    language: 'en',
    email: null,
    emailBadSince: null,
  },
  address: { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' },
  ...{ addressBadSince: null, phones: [], relation: 'Mother', legalRecipient: 'yes' as const },
  ...{ livesWith: true, primary: true, noContact: false },
});
const facts = (): DepartmentFacts => ({
  number: 'M-000001',
  profile: PRACTICE_DEPARTMENT,
  practice: true,
  school: {
    ...{
      code: 'PEKIN-HS',
      district: 'D1',
      name: 'Pekin High School',
      county: 'Tazewell',
      phone: '309-555-0170',
    },
    contacts: [],
  } as unknown as DepartmentFacts['school'],
  student: {
    ...{ id: 1, sisId: '1001', firstName: 'Ada', middleName: null, lastName: 'Test', suffix: null },
    ...{ birthDate: '2011-03-02', grade: null, schools: ['PEKIN-HS'] },
  },
  guardians: [adult(1, 'Mara'), adult(2, 'Barred')],
  officerName: 'Sam Test',
  today: '2025-10-15',
  dispatchNumber: '337-9911',
});
const home: Addressee = {
  ...{
    key: 'g1',
    kind: 'guardian',
    guardianIds: [1],
    named: [1],
    channel: 'print',
    alsoPrint: false,
    email: null,
  },
  ...{ address: adult(1, 'Mara').address, language: 'en', assumed: false },
};
const terms = {
  ...{ madeOn: '2025-10-15', from: '2025-10-16', to: '2025-11-12' },
  ...{ schoolDays: 20, unexplainedDays: 3 },
};

describe('the papers of the Intervention Department', () => {
  it('the contract states its first and last day, and names those of the home only', () => {
    const { text } = monitorContractLetter(facts(), home, terms);
    expect(text).toContain('October 16, 2025');
    expect(text).toContain('November 12, 2025');
    expect(text).toContain('Mara Test');
    expect(text).not.toMatch(/Barred|337-?9911/);
  });

  it('is in the reader’s language', () => {
    expect(monitorContractLetter(facts(), { ...home, language: 'es-MX' }, terms).language).toBe('es');
  });

  it('the note for a door names no child', () => {
    const visit = { date: '2025-10-15', time: '10:20' };
    const { text } = doorNoteLetter({ ...facts(), number: 'S-000001' }, home, visit, '2025-10-17');
    expect(text).toContain('October 17, 2025');
    expect(text).not.toContain('Ada');
  });

  it('one that would print the dispatch number is refused', () => {
    const own = facts();
    const wrong = { ...own, profile: { ...own.profile, phone: '(309) 337-9911' } };
    expect(() => monitorContractLetter(wrong, home, terms)).toThrow(/must never name/);
  });
});
