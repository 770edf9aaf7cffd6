/** The office's logo as a print takes it. E-mails have none: many readers hide pictures. */
import type { OfficeProfile } from '../domain/office-profile.ts';
import type { PrintOptions } from '../templates/index.ts';

export function letterhead(profile: OfficeProfile | null): PrintOptions {
  return profile?.logo === undefined ? {} : { logo: Buffer.from(profile.logo, 'base64') };
}
