/** `login`, `logout`, `whoami`, `user`, `key`: who one is here, and who has access. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { homeFolder, homePaths } from '../../../stack/paths.ts';
import { adminKeyFile } from '../../key-files.ts';
import { openApi, part } from '../api-source.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { forgetSession, readSession, saveSession } from '../session.ts';
import { cell, collect, noun, verb } from '../verb.ts';

interface Me {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly schools: readonly string[] | null;
}

export function register(program: Command): void {
  verb<{ server?: string; keyFile?: string; local?: boolean }>(program, {
    name: 'login',
    description: 'Keep the server’s address and your personal key on this computer.',
    example: 'login --server https://truancy.example.org --key-file my.key\n  truancy login --local',
    options: (c) =>
      c
        .option('--server <url>', 'address of the server')
        .option('--key-file <file>', 'file with your key (default: it is asked for)')
        .option('--local', 'as administrator of the stack that runs on this machine'),
    run: async (options, { out }) => {
      const url = options.local === true ? localUrl() : options.server;
      if (url === undefined || !URL.canParse(url)) {
        throw new CliError(
          'NO_SERVER',
          'say which server: --server https://…, or --local for the stack on this machine',
          EXIT.badInput,
        );
      }
      const file = options.local === true ? adminKeyFile(homeFolder()) : options.keyFile;
      const session = { url, key: file === undefined ? await askKey() : readKey(file) };
      const me = await openApi(session).get<Me>('whoami');
      const kept = saveSession(session);
      out.result(
        { server: url, ...me, file: kept },
        `Signed in at ${url} as ${me.name} (${me.role}). Kept in ${kept}.`,
      );
    },
  });
  verb(program, {
    name: 'logout',
    description: 'Forget address and key on this computer.',
    example: 'logout',
    run: async (_options, { out }) => {
      const was = forgetSession();
      out.result(
        { signedOut: was },
        was ? 'Signed out; the key is forgotten here.' : 'Nobody was signed in here.',
      );
    },
  });
  verb(program, {
    name: 'whoami',
    description: 'Whose key this is, and what it reaches.',
    example: 'whoami',
    run: async (_options, { api, out }) => {
      const me = await api.get<Me>('whoami');
      out.result(
        { server: readSession().url, ...me },
        `${me.name} (${me.id}), ${me.role}, ${me.schools?.join(', ') ?? 'all schools'}, at ${readSession().url}`,
      );
    },
  });
  registerUsers(program);
}

function registerUsers(program: Command): void {
  const user = noun(program, 'user', 'People with access.');
  verb<{ name: string; role: string; school?: string[] }>(user, {
    name: 'add',
    description: 'Give somebody access; their key is shown once.',
    example: 'user add --name "R. Clerk" --role school --school PEKIN-HS',
    options: (c) =>
      c
        .requiredOption('--name <name>', 'name of the person')
        .requiredOption(
          '--role <role>',
          'school, case-manager, assistant-regional-superintendent, regional-superintendent, administrator; dispatcher, attendance-officer, counselor',
        )
        .option('--school <code>', 'only this school; again for another', collect),
    run: async ({ name, role, school }, { api, out }) => {
      const made = await api.post<{ user: Me; key: { key: string } }>('users', {
        name,
        role,
        schools: school ?? null,
      });
      out.result(
        made,
        `${made.user.id}: ${role}${school ? `, ${school.join(', ')}` : ''}\nKey (shown once):\n${made.key.key}`,
      );
    },
  });
  verb(user, {
    name: 'list',
    description: 'Everybody with access, and whose has ended.',
    example: 'user list',
    run: async (_options, { api, out }) => {
      const { users } = await api.get<{ users: (Me & { disabledAt: string | null })[] }>('users');
      const rows = users.map((one) => [
        one.id,
        cell(one.name, 24),
        one.role,
        cell(one.schools?.join(' ') ?? 'all', 20),
        one.disabledAt ? 'ended' : '',
      ]);
      out.result(users, table(['Id', 'Name', 'Role', 'Schools', ''], rows));
    },
  });
  verb<{ user: string }>(user, {
    name: 'revoke',
    description: 'End somebody’s access at once, with all their keys.',
    example: 'user revoke --user U-0007',
    options: (c) => c.requiredOption('--user <id>', 'whose'),
    run: async (options, { api, out }) => {
      const done = await api.post<{ id: string; ended: boolean }>(`users/${part(options.user)}/end`);
      out.result(done, done.ended ? `${done.id} has no access any more.` : `${done.id} had none already.`);
    },
  });
  const key = noun(program, 'key', 'Personal keys.');
  verb<{ user: string; expires?: string }>(key, {
    name: 'issue',
    description: 'Another key for somebody; shown once.',
    example: 'key issue --user U-0007 --expires 2026-06-30T00:00:00Z',
    options: (c) =>
      c
        .requiredOption('--user <id>', 'whose')
        .option('--expires <instant>', 'ends then, e.g. 2026-06-30T00:00:00Z'),
    run: async ({ user: id, expires }, { api, out }) => {
      const made = await api.post<{ key: string; prefix: string }>(`users/${part(id)}/keys`, {
        expiresAt: expires,
      });
      out.result(made, `Key (shown once):\n${made.key}`);
    },
  });
  verb<{ key: string }>(key, {
    name: 'revoke',
    description: 'End one key at once.',
    example: 'key revoke --key 0a1b2c3d4e5f',
    options: (c) => c.requiredOption('--key <prefix>', 'the twelve characters after tc_'),
    run: async (options, { api, out }) => {
      const done = await api.post<{ prefix: string }>(`keys/${part(options.key)}/revoke`);
      out.result(done, `Key ${done.prefix} is revoked.`);
    },
  });
  verb<{ user?: string }>(key, {
    name: 'list',
    description: 'Keys, without their secrets.',
    example: 'key list',
    options: (c) => c.option('--user <id>', 'only this person’s'),
    run: async ({ user: id }, { api, out }) => {
      const { keys } = await api.get<{
        keys: {
          prefix: string;
          userId: string;
          createdAt: string;
          revokedAt: string | null;
          expiresAt: string | null;
        }[];
      }>('keys', { user: id });
      const rows = keys.map((one) => [
        one.prefix,
        one.userId,
        one.createdAt.slice(0, 10),
        one.revokedAt ? 'revoked' : (one.expiresAt?.slice(0, 10) ?? ''),
      ]);
      out.result(keys, table(['Key', 'User', 'Since', 'Until'], rows));
    },
  });
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new CliError('NO_KEY', `${file} cannot be read; give the file with your key`, EXIT.badInput);
  }
}

function localUrl(): string {
  const { stackFile } = homePaths(homeFolder());
  try {
    const stack = JSON.parse(readFileSync(stackFile, 'utf8')) as { api?: { url?: string } };
    if (stack.api?.url) return stack.api.url;
  } catch {
    // No stack: said below.
  }
  throw new CliError(
    'NO_STACK',
    'no stack runs on this machine; start it with `truancy up`',
    EXIT.outOfReach,
  );
}

async function askKey(): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  // From a pipe too: `truancy login --server … < my.key`. What is typed is not put on the screen.
  const ask = createInterface({ input: process.stdin, terminal: false });
  if (process.stdin.isTTY) process.stderr.write('Your key: ');
  let key = '';
  for await (const line of ask) {
    key = line.trim();
    break;
  }
  ask.close();
  if (key === '') throw new CliError('NO_KEY', 'no key was given', EXIT.badInput);
  return key;
}
