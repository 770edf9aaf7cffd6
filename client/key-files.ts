/** Where an installation keeps the keys of its own: in its run folder, closed to other accounts. */
import path from 'node:path';
import { homePaths } from '../stack/paths.ts';

/** The administrator's first key. */
export function adminKeyFile(home: string): string {
  return path.join(homePaths(home).run, 'admin.key');
}

/** The driver's, in a driven office. */
export function scriptKeyFile(home: string): string {
  return path.join(homePaths(home).run, 'script.key');
}
