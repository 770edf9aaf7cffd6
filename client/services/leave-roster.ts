/** An officer leaves the roster: what they have goes to others, what they did stays theirs. */
import { InputFault, refusal } from '../../domain/refusal.ts';
import { serialise } from '../../db/stores/common.ts';
import { endOfficer, heldBy, lockOfficer, officerById, officerOnRecord } from '../../db/stores/officers.ts';
import { Refused } from '../failures.ts';
import { allow, audited, causeOf, type Call } from './context.ts';
import { workMonitor } from './monitors.ts';
import { deliver, leaveDuty } from './officers.ts';
import { unknownOfficer } from './roster-entry.ts';

export interface Removal {
  readonly reason: string;
  /** The officer who watches their monitors from now on. */
  readonly monitorsTo?: string | undefined;
}

export interface OfficerRemoved {
  readonly officer: string;
  /** False where they had left already. */
  readonly removed: boolean;
  /** Calls given to others. */
  readonly calls: readonly string[];
  /** Monitors another officer watches now. */
  readonly monitors: readonly string[];
  /** Calls they have been at, whose checklist is not done: theirs by name, entered by the dispatcher. */
  readonly papers: readonly string[];
  /** Whose key acted for them; their access is another matter. */
  readonly user: string | null;
}

/**
 * Goes off duty first, as ever: what they have is handed over. Refused while they are out (safety: somebody knows that they are
 * back, or somebody else is sent), and while they watch monitors that nobody else takes. What they did stays theirs.
 */
export async function takeOffRoster(call: Call, id: string, wish: Removal): Promise<OfficerRemoved> {
  allow(call, 'officer.manage');
  const { db } = call;
  const known = (await officerOnRecord(db, id)) ?? unknownOfficer(id);
  const left: OfficerRemoved = {
    ...{ officer: id, removed: false, calls: [], monitors: [], papers: [], user: known.userId },
  };
  if (known.endedAt !== null) return left;
  const before = await heldBy(db, id);
  refuseIfHeld(id, before.out, wish.monitorsTo === undefined ? before.monitors : []);
  const monitors = await handMonitors(call, id, before.monitors, wish);
  const answer = await db.transaction(async (tx): Promise<OfficerRemoved> => {
    await serialise(tx, 'dispatch');
    const found = await lockOfficer(tx, id);
    if (!found) return left;
    const { out, monitors: now, papers } = await heldBy(tx, id);
    // Those just given away: their own write into the list may still be on its way.
    refuseIfHeld(
      id,
      out,
      now.filter((one) => !monitors.includes(one)),
    );
    const { calls } = await leaveDuty(call, tx, id, wish.reason);
    await endOfficer(tx, id, wish.reason, causeOf(call));
    await audited(tx, call, 'officer.removed', `officer ${id}`, { monitors, calls });
    return { ...left, removed: true, calls, monitors, papers };
  });
  await deliver(call);
  return answer;
}

function refuseIfHeld(id: string, out: string | null, monitors: readonly string[]): void {
  if (out !== null) {
    throw new Refused(
      refusal(
        'OFFICER_IS_OUT',
        `${id} is out for call ${out}: record first that they are back (\`call leave --call ${out}\`), or send somebody else (\`call reassign --call ${out} --reason …\`).`,
        { call: out },
      ),
    );
  }
  const [first] = monitors;
  if (first === undefined) return;
  const which = monitors.length === 1 ? 'a running monitor' : `${monitors.length} running monitors`;
  throw new Refused(
    refusal(
      'OFFICER_WATCHES_MONITORS',
      `${id} watches ${which} (${monitors.slice(0, 5).join(', ')}${monitors.length > 5 ? ' …' : ''}): --monitors-to OFFICER gives them to another; \`monitor reassign --monitor ${first} --officer …\` one by one.`,
      { monitors },
    ),
  );
}

/** Each is its workflow's own decision: one out of reach stops here, and the command is simply given again. */
async function handMonitors(
  call: Call,
  id: string,
  monitors: readonly string[],
  { monitorsTo, reason }: Removal,
): Promise<readonly string[]> {
  if (monitorsTo === undefined) return [];
  if (monitorsTo === id) throw new InputFault('BAD_OFFICER', 'name another officer', '--monitors-to');
  if (!(await officerById(call.db, monitorsTo))) unknownOfficer(monitorsTo);
  for (const number of monitors) {
    await workMonitor(call, number, { type: 'change-officer', officer: monitorsTo, reason }).catch(
      (error: unknown) => {
        // Given away by an attempt before this one.
        if (!(error instanceof Refused && error.refusal.code === 'SAME_OFFICER')) throw error;
      },
    );
  }
  return monitors;
}
