/** Holds, and letters that wait or whose facts are in question: what a person decides about them. */
import { isRole } from '../../../domain/access.ts';
import type { PlaceHold } from '../../../domain/case/commands.ts';
import { latestLetter, type CaseState, type LetterName } from '../../../domain/case/state.ts';
import { isCaseworkLetter } from '../../../domain/case/casework-letters.ts';
import { withdrawable } from '../../../domain/case/decide.ts';
import { named } from '../../../domain/case/questions.ts';
import { LETTER_NAMES } from '../../../domain/case/view.ts';
import type { IsoDate } from '../../../domain/dates.ts';
import type { LetterKind } from '../../../domain/policy.ts';
import { InputFault, refusal } from '../../../domain/refusal.ts';
import type { Db } from '../../../db/connect.ts';
import { userById } from '../../../db/stores/users.ts';
import { Refused } from '../../failures.ts';
import { stateOf } from '../cases.ts';
import { caseFor, type Call } from '../context.ts';
import { ask, prepare, reserving, type Bare, type DecisionAnswer, type WithId } from './asking.ts';
import { withdraw } from './referrals.ts';

export type HoldInput = WithId & Omit<Bare<PlaceHold>, 'type' | 'owner'> & { owner?: string | undefined };

/** No letter leaves while it stands. A letter that has begun to leave goes; the others wait. */
export async function placeHold(call: Call, number: string, input: HoldInput): Promise<DecisionAnswer> {
  const { kind, reason, until, schoolDays } = input;
  const owner = await ownerOf(call.db, input.owner ?? 'case-manager');
  const asked = await prepare(call, 'case.hold', number, input, {
    type: 'place-hold',
    ...{ kind, reason, owner, until, schoolDays },
  });
  return reserving(asked, 'go-on');
}

/** A role of the office, or a person by user id: whoever is asked when the hold is over. */
async function ownerOf(db: Db, owner: string): Promise<string> {
  if (isRole(owner) && owner !== 'script' && owner !== 'state-attorney-reader') return owner;
  const user = isRole(owner) ? undefined : await userById(db, owner);
  if (user && user.disabledAt === null) return owner;
  throw new InputFault(
    'UNKNOWN_OWNER',
    `"${owner.slice(0, 40)}" is neither a role of the office (e.g. case-manager) nor a user (\`user list\` shows their ids)`,
    'owner',
  );
}

export interface HoldChange extends WithId {
  /** Its id; not needed while only one stands. */
  readonly hold?: string | undefined;
  readonly reason: string;
}

export async function extendHold(
  call: Call,
  number: string,
  input: HoldChange & { until?: IsoDate | undefined; schoolDays?: number | undefined },
): Promise<DecisionAnswer> {
  const { reason, until, schoolDays } = input;
  return ask(
    await prepare(call, 'case.hold', number, input, (state, repeated) => ({
      type: 'extend-hold',
      hold: holdIn(state, input.hold, repeated),
      ...{ reason, until, schoolDays },
    })),
  );
}

export async function releaseHold(call: Call, number: string, input: HoldChange): Promise<DecisionAnswer> {
  const { reason } = input;
  return ask(
    await prepare(call, 'case.hold', number, input, (state, repeated) => ({
      type: 'release-hold',
      hold: holdIn(state, input.hold, repeated),
      reason,
    })),
  );
}

/** The hold that is meant. A repeat gets its first answer, whatever stands now. */
function holdIn(state: CaseState | null, given: string | undefined, repeated: boolean): string {
  if (given !== undefined) return given;
  const standing = state?.holds ?? [];
  if (standing.length === 0 && !repeated) {
    throw new Refused(refusal('NO_SUCH_HOLD', 'No hold stands in this case.'));
  }
  if (standing.length > 1 && !repeated) {
    throw new Refused(
      refusal('HOLD_NOT_NAMED', 'Several holds stand in this case; say which by its id (case show).', {
        holds: standing.map(({ id, kind, until }) => ({ id, kind, until })),
      }),
    );
  }
  return standing[0]?.id ?? 'none';
}

export interface LetterInput extends WithId {
  readonly letter: LetterKind;
  /** Default: the latest of its kind. */
  readonly sequence?: number | undefined;
  readonly reason: string;
}

function letterIn(state: CaseState | null, input: LetterInput): LetterName {
  const { letter: kind, sequence } = input;
  return { kind, sequence: sequence ?? (state && latestLetter(state, kind)?.sequence) ?? 1 };
}

/** Lets a letter that waits for a person leave. */
export async function releaseLetter(call: Call, number: string, input: LetterInput): Promise<DecisionAnswer> {
  return ask(
    await prepare(call, 'letter.release', number, input, (state) => ({
      type: 'release-letter',
      letter: letterIn(state, input),
      reason: input.reason,
    })),
  );
}

/** What becomes of a letter that is out and whose facts or basis a correction has changed. */
export async function settleQuestion(
  call: Call,
  number: string,
  input: LetterInput & { how: 'correction' | 'withdrawal' | 'stands' },
): Promise<DecisionAnswer> {
  if (input.how === 'withdrawal') return withdrawLetter(call, number, input);
  return settle(call, number, input, input.how);
}

/** A letter in the house is stopped with its step; one that is out is taken back by another letter. */
async function withdrawLetter(call: Call, number: string, input: LetterInput): Promise<DecisionAnswer> {
  const state = stateOf((await caseFor(call, call.db, number)).row);
  const letter = state && named(state, letterIn(state, input));
  if (!state || !letter || (letter.status !== 'waiting' && letter.status !== 'blocked')) {
    return settle(call, number, input, 'withdrawal');
  }
  if (isCaseworkLetter(letter.kind)) {
    const { kind, sequence } = letter;
    const asked = await prepare(call, 'letter.release', number, input, {
      ...{ type: 'withdraw-step', reason: input.reason, letter: { kind, sequence } },
    });
    return reserving(asked, 'refuse');
  }
  const last = withdrawable(state);
  if (last?.kind !== letter.kind || last.sequence !== letter.sequence) {
    throw new Refused(
      refusal(
        'LATER_STEPS_STAND',
        `Only the last step is taken back while its letter is in the house${last ? `: the ${LETTER_NAMES[last.kind]} comes first` : ''}.`,
      ),
    );
  }
  return withdraw(call, number, input);
}

async function settle(
  call: Call,
  number: string,
  input: LetterInput,
  how: 'correction' | 'withdrawal' | 'stands',
): Promise<DecisionAnswer> {
  const asked = await prepare(call, 'question.settle', number, input, (state) => ({
    type: 'settle-question',
    letter: letterIn(state, input),
    how,
    reason: input.reason,
  }));
  return reserving(asked, 'refuse');
}
