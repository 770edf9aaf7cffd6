/** One officer as people see them: schools, duty, what they watch and owe, and each version of their place on the roster. */
import { mayDo } from '../../domain/access.ts';
import { dutyWords } from '../../domain/duty-times.ts';
import type { OfficerChannel } from '../../db/schema/index.ts';
import {
  heldBy,
  officerOnRecord,
  schoolsOf,
  versionsOfOfficer,
  type OfficerRow,
} from '../../db/stores/officers.ts';
import { allow, type Call } from './context.ts';
import { officersFor, seesPhone } from './officers.ts';
import { differences, unknownOfficer, type RosterField } from './roster-entry.ts';

export interface OfficerWhole {
  readonly id: string;
  readonly name: string;
  readonly user: string | null;
  readonly channel: OfficerChannel;
  /** For themselves and whoever keeps the roster; else null, as the telephone. */
  readonly reach: string | null;
  readonly phone: string | null;
  readonly schools: readonly string[] | null;
  readonly duty: readonly string[];
  /** As `officer list` has it; `off-roster` once they have left. */
  readonly standing: string;
  readonly call: string | null;
  readonly till: string | null;
  readonly backBy: string | null;
  readonly monitors: readonly string[];
  readonly papers: readonly string[];
  readonly ended: { readonly at: string; readonly by: string; readonly reason: string } | null;
  /** Each version: which fields it changed, by whom. */
  readonly history: readonly {
    readonly version: number;
    readonly at: string;
    readonly by: string;
    readonly changed: readonly RosterField[];
    readonly schools: readonly string[] | null;
    readonly duty: readonly string[];
  }[];
}

export async function showOfficer(call: Call, id: string): Promise<OfficerWhole> {
  allow(call, 'officer.read');
  const { db } = call;
  const row = (await officerOnRecord(db, id)) ?? unknownOfficer(id);
  const now = (await officersFor(call)).find((one) => one.id === id);
  const own = row.userId === call.caller.id ? id : undefined;
  const standing = now?.standing ?? 'off-roster';
  const { monitors, papers } = await heldBy(db, id);
  return {
    ...{ id, name: row.name, user: row.userId, channel: row.channel, standing, monitors, papers },
    reach: mayDo(call.caller.role, 'officer.manage') || own !== undefined ? row.reach : null,
    phone: seesPhone(call, own, { id, standing }) ? row.phone : null,
    schools: await schoolsOf(db, row),
    duty: dutyWords(row.duty),
    call: now?.call ?? null,
    till: now?.till ?? null,
    backBy: now?.backBy ?? null,
    ended: endOf(row),
    history: await historyOf(call, id),
  };
}

function endOf({ endedAt, endedBy, endReason }: OfficerRow): OfficerWhole['ended'] {
  return endedAt === null ? null : { at: endedAt, by: endedBy ?? '', reason: endReason ?? '' };
}

async function historyOf(call: Call, id: string): Promise<OfficerWhole['history']> {
  const versions = await versionsOfOfficer(call.db, id);
  return versions.map((one, n) => {
    const before = versions[n - 1];
    return {
      ...{ version: one.version, at: one.at, by: `${one.role} ${one.actor}` },
      changed: before ? [...differences(before, one), ...(one.newKey ? (['key'] as const) : [])] : [],
      ...{ schools: one.schools, duty: dutyWords(one.duty) },
    };
  });
}
