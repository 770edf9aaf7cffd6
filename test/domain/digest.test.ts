/** Whose worklist a task stands on, and what the morning's e-mail says of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestAddressees, digestText, isFor, type DigestTask } from '../../domain/digest.ts';
import type { SchoolContact } from '../../domain/records.ts';

const person = (email: string) => ({ name: 'Somebody Named', phone: '309-555-0100', email });
const clerk = (email?: string): SchoolContact => ({
  function: 'attendance-clerk',
  name: 'Clerk Named',
  email,
});
const principal = (email?: string): SchoolContact => ({ function: 'principal', name: 'Head Named', email });
const task = (more: Partial<DigestTask>): DigestTask => ({
  ...{ id: 1, role: 'school', school: 'NORTH', caseNumber: 'C-000001', textCode: 'CONTACT_THE_FAMILY' },
  ...more,
});
const emails = (contacts: readonly SchoolContact[]) =>
  digestAddressees([{ code: 'NORTH', contacts }], { default: person('cm@x.example') })
    .filter((one) => one.role === 'school')
    .map((one) => one.email);

describe('"tell the school"', () => {
  it('goes to the attendance clerks; to the principal only where no clerk can be written to', () => {
    expect(emails([principal('p@x.example'), clerk('a@x.example'), clerk('b@x.example')])).toEqual([
      'a@x.example',
      'b@x.example',
    ]);
    expect(emails([clerk(), clerk(''), principal('p@x.example')])).toEqual(['p@x.example']);
    expect(emails([{ function: 'counselor', name: 'C', email: 'c@x.example' }, clerk()])).toEqual([]);
  });

  it('is one mail for somebody who answers for several schools', () => {
    const schools = ['NORTH', 'SOUTH'].map((code) => ({ code, contacts: [clerk('A@x.example')] }));
    const [one, ...more] = digestAddressees(schools, { default: person('cm@x.example') });
    expect(one).toMatchObject({ role: 'school', schools: ['NORTH', 'SOUTH'] });
    expect(more).toHaveLength(1);
  });
});

describe('a Case Manager’s task', () => {
  it('stands on exactly one worklist: of the school’s own, else of the general one', () => {
    const codes = ['NORTH', 'SOUTH', 'EAST', 'WEST'];
    const manager = fc.constantFrom('a@x.example', 'b@x.example', 'cm@x.example');
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...codes), manager),
        fc.option(fc.constantFrom(...codes)),
        (own, school) => {
          const managers = {
            default: person('cm@x.example'),
            ...Object.fromEntries(Object.entries(own).map(([code, email]) => [code, person(email)])),
          };
          const all = digestAddressees([], managers);
          const mine = all.filter((to) => isFor(task({ role: 'case-manager', school }), to, all));
          expect(mine.map((to) => to.email)).toEqual([(school && own[school]) ?? 'cm@x.example']);
        },
      ),
    );
  });

  it('is not the school’s, nor the other way round', () => {
    const all = digestAddressees([{ code: 'NORTH', contacts: [clerk('a@x.example')] }], {
      default: person('cm@x.example'),
    });
    const readers = (one: DigestTask) => all.filter((to) => isFor(one, to, all)).map((to) => to.role);
    expect(readers(task({}))).toEqual(['school']);
    expect(readers(task({ role: 'case-manager' }))).toEqual(['case-manager']);
    expect(readers(task({ role: 'regional-superintendent' }))).toEqual([]);
    expect(readers(task({ school: 'SOUTH' }))).toEqual([]);
  });
});

describe('what it says', () => {
  const office = { name: 'Regional Office', practice: false };
  const to = { role: 'school', name: 'Clerk Named', email: 'a@x.example', schools: ['NORTH'] } as const;

  it('counts, kinds and case numbers; the school where a task has no case', () => {
    const { subject, text } = digestText(office, '2025-10-15', to, [
      task({ id: 1, caseNumber: 'C-000007' }),
      task({ id: 2, caseNumber: 'C-000003' }),
      task({ id: 3, caseNumber: null, textCode: 'ATTENDANCE_DOES_NOT_ARRIVE' }),
    ]);
    expect(subject).toBe('3 new tasks on your worklist for NORTH, Wed 15 Oct 2025');
    expect(text).toContain('- Contact the family (2): C-000003, C-000007');
    expect(text).toContain('- Attendance does not arrive (1): NORTH');
    expect(text).not.toContain('Named');
    expect(text).not.toContain('PRACTICE');
  });

  it('says PRACTICE while the office practises, and stays short whatever the number', () => {
    const many = Array.from({ length: 500 }, (_, i) => task({ id: i, caseNumber: `C-${100_000 + i}` }));
    const { subject, text } = digestText({ ...office, practice: true }, '2025-10-15', to, many);
    expect(subject).toMatch(/^\[PRACTICE\] 500 new tasks/);
    expect(text).toContain('PRACTICE');
    expect(text).toContain('and 488 more');
    expect(text.length).toBeLessThan(600);
  });
});
