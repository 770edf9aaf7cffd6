/** The office as its letters show it: how a profile is given (YAML or JSON), and the one a new office practises with. */
import { z } from 'zod';
import type { OfficeProfile } from '../domain/office-profile.ts';
import { InputFault } from '../domain/refusal.ts';
import { describeFaults, readYaml } from '../imports/checked-yaml.ts';

const line = z.string().trim().min(1).max(200);
const email = z.email('is no e-mail address').max(254);
const lines = z.array(line).min(1).max(6);
const person = z.strictObject({ name: line, phone: line, email });

const fields = z.strictObject({
  name: line,
  addressLines: lines,
  phone: line,
  email,
  website: z.url().nullable().default(null),
  // A department of Attendance Officers signs no notices and holds no hearings.
  signatories: z.record(z.string(), z.strictObject({ name: line })).default({}),
  caseManagers: z.object({ default: person }).catchall(person),
  hearingAddressLines: lines.optional(),
  stateAttorneys: z
    .record(
      z.string(),
      z.strictObject({
        name: line,
        title: line,
        address: z.strictObject({
          lines: z.array(line).min(1).max(4),
          city: line,
          state: line,
          postalCode: line,
        }),
        email: email.nullable().default(null),
      }),
    )
    .default({}),
  services: z.array(line).max(60).default([]),
  translations: z
    .record(
      z.string().regex(/^[a-z]{2,3}$/, 'write a language code, e.g. es'),
      z.record(line, z.string().trim().min(1).max(1000)),
    )
    .optional(),
});

/** Hearings are held at the office, unless it says where. */
function withHearingAddress<P extends z.output<typeof fields>>(given: P) {
  return { ...given, hearingAddressLines: given.hearingAddressLines ?? given.addressLines };
}

export const officeProfileSchema = fields.transform(withHearingAddress);

/** As the server takes it: with the picture for its letters; null takes the one before away. */
export const officeProfileBody = fields
  .extend({
    logo: z.base64('is no base64; give the picture with `office profile --logo FILE`').nullish(),
  })
  .transform(withHearingAddress);

/** Reads a profile from a file's text; every fault is listed with its line and field. */
export function readOfficeProfile(text: string, place: string): OfficeProfile {
  const read = readYaml(text, officeProfileSchema);
  if (read.ok) return read.value;
  throw new InputFault('BAD_PROFILE', describeFaults(read.faults), place);
}

const nobody = {
  name: 'Practice Case Manager',
  phone: '309-555-0100',
  email: 'case-manager@practice.invalid',
};

/** Invented throughout, with addresses that cannot exist (RFC 2606): nobody can mistake a practice letter for a real one. */
export const PRACTICE_PROFILE: OfficeProfile = {
  name: 'Regional Office of Education #53 (practice)',
  addressLines: ['1 Practice Square', 'Pekin, IL 61554'],
  phone: '309-555-0199',
  email: 'truancy@practice.invalid',
  website: null,
  signatories: {
    'assistant-regional-superintendent': { name: 'Practice Assistant Superintendent' },
    'regional-superintendent': { name: 'Practice Superintendent' },
  },
  caseManagers: { default: nobody },
  hearingAddressLines: ['1 Practice Square, Hearing Room', 'Pekin, IL 61554'],
  stateAttorneys: Object.fromEntries(
    ['Tazewell', 'Mason', 'Woodford'].map((county) => [
      county,
      {
        name: 'Practice Attorney',
        title: `State’s Attorney of ${county} County`,
        address: { lines: ['2 Practice Square'], city: 'Pekin', state: 'IL', postalCode: '61554' },
        email: null,
      },
    ]),
  ),
  services: ['school counseling', 'attendance improvement plan', 'family support referral'],
};

/** The same for a department of Attendance Officers: no hearings, no State's Attorney. */
export const PRACTICE_DEPARTMENT: OfficeProfile = {
  name: 'Intervention Department (practice)',
  addressLines: ['1 Practice Square', 'Larkfield'],
  phone: '555-0199',
  email: 'intervention@practice.invalid',
  website: null,
  signatories: {},
  caseManagers: {
    default: { name: 'Practice Dispatcher', phone: '555-0100', email: 'dispatcher@practice.invalid' },
  },
  hearingAddressLines: ['1 Practice Square', 'Larkfield'],
  stateAttorneys: {},
  services: ['school counseling', 'transport to school', 'family support referral'],
};

export function isPracticeProfile(profile: OfficeProfile | null): boolean {
  return profile === null || profile.email.endsWith('.invalid');
}
