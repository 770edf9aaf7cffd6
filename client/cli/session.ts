/** Whom this person signs in as, and where: kept in the user's configuration folder, closed to others. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { CliError, EXIT } from './frame.ts';

export interface Session {
  readonly url: string;
  readonly key: string;
}

const schema = z.object({ url: z.url(), key: z.string().min(1) });

export function sessionFile(): string {
  return path.join(envPaths('truancy', { suffix: '' }).config, 'login.json');
}

export function saveSession(session: Session): string {
  const file = sessionFile();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(session)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
}

export function forgetSession(): boolean {
  const file = sessionFile();
  if (!existsSync(file)) return false;
  rmSync(file);
  return true;
}

/** TRUANCY_API_URL and TRUANCY_API_KEY go before what `login` kept. */
export function readSession(env: NodeJS.ProcessEnv = process.env): Session {
  const kept = keptSession();
  const url = env['TRUANCY_API_URL'] || kept?.url;
  const key = env['TRUANCY_API_KEY'] || kept?.key;
  if (!url || !key) {
    throw new CliError(
      'NOT_SIGNED_IN',
      'no server and key are known here; sign in with `truancy login`, or set TRUANCY_API_URL and TRUANCY_API_KEY',
      EXIT.unknownOrForbidden,
    );
  }
  if (!URL.canParse(url)) {
    throw new CliError(
      'NO_SERVER',
      'TRUANCY_API_URL is no web address; write it like https://truancy.example.org',
      EXIT.badInput,
    );
  }
  return { url, key };
}

function keptSession(): Session | undefined {
  const file = sessionFile();
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CliError(
      'BAD_LOGIN_FILE',
      `${file} cannot be read; sign in again with \`truancy login\``,
      EXIT.badInput,
    );
  }
}
