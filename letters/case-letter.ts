/** A letter of a case as its delivery looks at it; its case is told what became of it. */
import type { Fact } from '../domain/case/facts.ts';
import type { LetterRef } from '../domain/case/state.ts';
import { statedIn, type NoticeEvidence } from '../domain/notice-evidence.ts';
import type { Addressee } from '../domain/recipients.ts';
import type { Db } from '../db/connect.ts';
import type { JsonObject } from '../db/schema/columns.ts';
import type { OutSignal } from '../db/stores/notices.ts';
import type { LetterAtHand } from './letter-at-hand.ts';
import { letterToWrite } from './letter-context.ts';
import {
  basisHolds,
  changedDays,
  goesToAttorney,
  inShort,
  readLetterFacts,
  recipientsOf,
  type LetterFacts,
} from './letter-facts.ts';
import { writeLetter } from './write-letter.ts';

export async function readCaseLetter(db: Db, letter: LetterRef): Promise<LetterAtHand | null> {
  const facts = await readLetterFacts(db, letter);
  return facts && caseLetter(facts);
}

export function caseLetter(facts: LetterFacts): LetterAtHand {
  const { letter, office, profile, school, guardians, today, templates, coverage, state } = facts;
  const { kind, sequence } = letter;
  const told = (name: string, fact: Fact): OutSignal => ({ name, payload: fact as unknown as JsonObject });
  const base = { officeDate: today, coverage, kind, sequence };
  return {
    ...{ letter, office, profile, school, guardians, today, templates },
    rules: state.policy,
    recipients: recipientsOf(facts),
    basisLost: basisHolds(facts) ? null : 'EVIDENCE_CHANGED',
    wording: inShort(facts),
    schoolCopy: goesToAttorney(facts) ? 'none' : (state.policy.notices.schoolCopy ?? 'none'),
    asks: 'case-manager',
    write: (addressee, dress) => writeLetter(facts, addressee, dress),
    names: (addressee) => namesOf(facts, addressee),
    evidence: (addressee) => evidenceOf(facts, addressee) as unknown as JsonObject,
    whenBlocked: (code) =>
      told('letterBlocked', {
        ...{ type: 'letter-blocked', ...base, code },
        ...(code === 'EVIDENCE_CHANGED' ? { dates: changedDays(facts) } : {}),
      }),
    whenOut(notice, on) {
      const stated = statedIn(kind, notice.evidence);
      return told('letterOut', {
        ...{ type: 'letter-out', ...base, officeDate: on, channel: notice.channel, on },
        ...(stated === undefined ? {} : { stated }),
      });
    },
  };
}

function evidenceOf(facts: LetterFacts, addressee: Addressee): NoticeEvidence {
  return { count: facts.count, decidedOn: facts.decidedOn, assumedRecipient: addressee.assumed };
}

function namesOf(facts: LetterFacts, addressee: Addressee): string[] {
  const { context } = letterToWrite(facts, addressee);
  if ('recipients' in context) return [...context.recipients.names];
  return 'court' in context ? [context.court.attorney.name] : [];
}
