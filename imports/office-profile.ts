/** The file `office.yaml`: letterhead, signatories, Case Managers, State's Attorneys by county. */
import { z } from 'zod';
import type { OfficeProfile } from '../domain/office-profile.ts';
import { loadYaml, readYaml, type YamlReading } from './checked-yaml.ts';
import { checkEmail } from './roster/email.ts';

const text = z.string().trim().min(1);
const email = z.string().superRefine((value, ctx) => {
  const checked = checkEmail(value);
  if ('fault' in checked) ctx.addIssue({ code: 'custom', message: `the address ${checked.fault}` });
});
const address = z.strictObject({ lines: z.array(text).min(1), city: text, state: text, postalCode: text });
const caseManager = z.strictObject({ name: text, phone: text, email });

const officeProfileSchema: z.ZodType<OfficeProfile> = z.strictObject({
  name: text,
  addressLines: z.array(text).min(1),
  phone: text,
  /** The Reply-To of every letter: read by somebody. */
  email,
  website: text.nullable().default(null),
  signatories: z.record(text, z.strictObject({ name: text })),
  caseManagers: z.object({ default: caseManager }).catchall(caseManager),
  hearingAddressLines: z.array(text).min(1),
  stateAttorneys: z
    .record(text, z.strictObject({ name: text, title: text, address, email: email.nullable().default(null) }))
    .default({}),
  services: z.array(text).default([]),
  translations: z
    .record(z.string().regex(/^[a-z]{2,3}$/, 'write a language code, e.g. es'), z.record(text, text))
    .optional(),
});

export function readOfficeProfile(yaml: string): YamlReading<OfficeProfile> {
  return readYaml(yaml, officeProfileSchema);
}

/** Throws `NO_FILE` or `OFFICE_FAULTY` (InputFault) with all faults and their lines. */
export async function loadOfficeProfile(file: string): Promise<OfficeProfile> {
  return loadYaml(file, officeProfileSchema, 'OFFICE_FAULTY');
}
