/** Who has access: people, their roles and schools, and their personal keys. */
import { isRole, ROLES } from '../../domain/access.ts';
import { InputFault } from '../../domain/refusal.ts';
import { listSchools } from '../../db/stores/places.ts';
import {
  createUser,
  disableUser,
  issueKey,
  listKeys,
  listUsers,
  revokeKey,
  userById,
  type IssuedKey,
  type KeyListed,
  type User,
} from '../../db/stores/users.ts';
import { Unknown } from '../failures.ts';
import { allow, audited, type Call } from './context.ts';

export async function whoAmI(
  call: Call,
): Promise<{ id: string; name: string; role: string; schools: readonly string[] | null }> {
  const user = await userById(call.db, call.caller.id);
  return { id: call.caller.id, name: user?.name ?? '', role: call.caller.role, schools: call.caller.schools };
}

export async function addUser(
  call: Call,
  input: { name: string; role: string; schools: readonly string[] | null },
): Promise<{ user: User; key: IssuedKey }> {
  allow(call, 'access.manage');
  if (!isRole(input.role)) throw new InputFault('BAD_ROLE', `a role is one of: ${ROLES.join(', ')}`, 'role');
  if (input.role === 'school' && (input.schools === null || input.schools.length === 0)) {
    throw new InputFault('NO_SCHOOLS', 'say at which schools they work', 'schools');
  }
  return call.db.transaction(async (tx) => {
    const known = new Set((await listSchools(tx)).map((one) => one.code));
    const missing = input.schools?.find((one) => !known.has(one));
    if (missing !== undefined)
      throw new InputFault('UNKNOWN_SCHOOL', `there is no school ${missing}`, 'schools');
    const user = await createUser(tx, input);
    const key = await issueKey(tx, user.id);
    await audited(tx, call, 'user.added', `user ${user.id}`, { role: user.role, schools: user.schools });
    return { user, key };
  });
}

export async function usersFor(call: Call): Promise<User[]> {
  allow(call, 'access.manage');
  return listUsers(call.db);
}

export async function endAccess(call: Call, id: string): Promise<{ id: string; ended: boolean }> {
  allow(call, 'access.manage');
  return call.db.transaction(async (tx) => {
    if (!(await userById(tx, id))) throw new Unknown('UNKNOWN_USER', `There is no user ${id}.`);
    const ended = await disableUser(tx, id);
    if (ended) await audited(tx, call, 'user.access-ended', `user ${id}`);
    return { id, ended };
  });
}

export async function issueFor(call: Call, userId: string, expiresAt?: string): Promise<IssuedKey> {
  allow(call, 'access.manage');
  return call.db.transaction(async (tx) => {
    if (!(await userById(tx, userId))) throw new Unknown('UNKNOWN_USER', `There is no user ${userId}.`);
    const key = await issueKey(tx, userId, { expiresAt: expiresAt ?? null });
    await audited(tx, call, 'key.issued', `user ${userId}`, { prefix: key.prefix });
    return key;
  });
}

export async function revokeOne(call: Call, prefix: string): Promise<{ prefix: string; revoked: boolean }> {
  allow(call, 'access.manage');
  return call.db.transaction(async (tx) => {
    const revoked = await revokeKey(tx, prefix);
    if (!revoked) throw new Unknown('UNKNOWN_KEY', 'There is no such key in force.');
    await audited(tx, call, 'key.revoked', `key ${prefix}`);
    return { prefix, revoked };
  });
}

export async function keysFor(call: Call, userId?: string): Promise<KeyListed[]> {
  allow(call, 'access.manage');
  return listKeys(call.db, userId);
}
