/** The packet for the State's Attorney: shown, made and entered as a disclosure, and fetched by its reader. */
import { randomUUID } from 'node:crypto';
import { missingOf } from '../../domain/court-packet.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { shortDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { serialise } from '../../db/stores/common.ts';
import {
  disclosureOfCommand,
  disclosuresOf,
  enterDisclosure,
  packetOf,
  type DisclosureRow,
} from '../../db/stores/disclosures.ts';
import { listSchools } from '../../db/stores/places.ts';
import { renderCourtPacket, type RenderedPacket } from '../../templates/court-packet.ts';
import { Forbidden, OutOfReach, Refused, Unknown } from '../failures.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, causeOf, officeOf, todayOf, type Call } from './context.ts';
import { readCourtPacket, type PacketFacts } from './court-packet-facts.ts';

export interface PacketWish {
  readonly id?: string | undefined;
  /** What it is given for; else the referral. */
  readonly purpose?: string | undefined;
}

export interface PacketPreview {
  readonly caseNumber: string;
  readonly student: string;
  readonly name: string;
  readonly birthDate: IsoDate | null;
  readonly county: string;
  readonly to: string | null;
  readonly purpose: string;
  readonly letters: number;
  readonly missing: readonly string[];
  /** Texts left out of it. */
  readonly leftOut: number;
  readonly practice: boolean;
  /** Why it would not be made; null where it would. */
  readonly refused: string | null;
}

export interface Disclosed {
  readonly disclosure: number;
  readonly kind: DisclosureRow['kind'];
  readonly caseNumber: string;
  readonly county: string;
  readonly to: string;
  readonly purpose: string;
  readonly madeOn: IsoDate;
  readonly by: string;
  readonly pages: number;
  readonly missing: readonly string[];
  readonly sha256: string;
  readonly sealedBytes: number;
  readonly sealedSha256: string;
}

export interface PacketMade extends Disclosed {
  /** False where the same command had made it before. */
  readonly made: boolean;
}

/** What would be given out, to whom, and what it lacks; nothing is made. */
export async function previewPacket(call: Call, number: string, wish: PacketWish): Promise<PacketPreview> {
  allow(call, 'court.packet');
  return call.db.transaction(async (tx) => {
    const { facts, missing, refuseIncomplete } = await read(call, tx, number, false, wish);
    const { packet, kept } = facts;
    await audited(tx, call, 'court.packet-previewed', `case ${number}`);
    return {
      ...{ caseNumber: number, student: packet.student.number, name: packet.student.name },
      ...{ birthDate: packet.student.birthDate, county: packet.county, purpose: packet.purpose, missing },
      to: packet.to && `${packet.to.name}, ${packet.to.title}`,
      ...{ letters: kept.size, leftOut: packet.leftOut, practice: packet.practice },
      refused:
        packet.referral === null
          ? NOT_REFERRED.code
          : refuseIncomplete && missing.length > 0
            ? 'PACKET_INCOMPLETE'
            : null,
    };
  });
}

const NOT_REFERRED = refusal(
  'NOT_IN_COURT',
  'The case has not been referred to the State’s Attorney; refer it first, or make a draft for the office itself (`--draft`).',
);

/** Makes the packet and enters the disclosure: each production is one entry. The same id gets the same packet. */
export async function makePacket(call: Call, number: string, wish: PacketWish): Promise<PacketMade> {
  allow(call, 'court.packet');
  const commandId = wish.id ?? randomUUID();
  return call.db.transaction(async (tx) => {
    await serialise(tx, `court-packet/${number}`);
    const before = await disclosureOfCommand(tx, commandId);
    if (before) {
      await caseFor(call, tx, number);
      if (before.caseNumber !== number) {
        throw new Refused(refusal('ID_USED', 'This id was used for another case; give a new one.'));
      }
      return { ...shown(before), made: false };
    }
    const { facts, missing, refuseIncomplete } = await read(call, tx, number, false, wish);
    const { packet } = facts;
    if (packet.referral === null) throw new Refused(NOT_REFERRED);
    if (packet.to === null) {
      throw new Refused(
        refusal(
          'NO_STATE_ATTORNEY',
          `The office’s profile names no State’s Attorney of ${packet.county} County; add it (\`office profile\`).`,
        ),
      );
    }
    if (refuseIncomplete && missing.length > 0) {
      throw new Refused(
        refusal(
          'PACKET_INCOMPLETE',
          `The packet lacks: ${missing.join('; ')}. Put it on record first; the certificate of services is the one that went with the referral, and a new referral brings a new one.`,
          { missing: [...missing] },
        ),
      );
    }
    const rendered = await render(call, facts, missing);
    const row = await enterDisclosure(
      tx,
      {
        ...{ commandId, caseNumber: number, kind: 'court-packet', county: packet.county, missing },
        ...{
          toWhom: `${packet.to.name}, ${packet.to.title}`,
          purpose: packet.purpose,
          madeOn: packet.madeOn,
        },
        ...{ pages: rendered.pages, sha256: rendered.sha256, pdf: rendered.pdf },
        ...{ sealedBytes: rendered.sealedBytes, sealedSha256: rendered.sealedSha256 },
      },
      causeOf(call),
    );
    await audited(tx, call, 'court.packet-disclosed', `case ${number}`, {
      ...{ disclosure: row.id, county: packet.county, sha256: rendered.sha256, missing: missing.length },
    });
    return { ...shown(row), made: true };
  });
}

/** For the office itself: marked on every page, no disclosure, nothing kept; also before a referral. */
export async function draftPacket(call: Call, number: string, wish: PacketWish): Promise<Uint8Array> {
  allow(call, 'court.packet');
  return call.db.transaction(async (tx) => {
    const { facts, missing } = await read(call, tx, number, true, wish);
    await audited(tx, call, 'court.packet-drafted', `case ${number}`);
    return (await render(call, facts, missing)).pdf;
  });
}

async function read(
  call: Call,
  tx: Db,
  number: string,
  draft: boolean,
  wish: PacketWish,
): Promise<{ facts: PacketFacts; missing: readonly string[]; refuseIncomplete: boolean }> {
  const { row, student } = await caseFor(call, tx, number);
  const state = stateOf(row);
  if (state === null) {
    throw new OutOfReach('The case has not written its first entry yet; look again in a moment.');
  }
  const purpose =
    wish.purpose ??
    (state.court
      ? `court action on the referral of ${shortDate(state.court.on)}`
      : 'a draft for the office: nothing is given out');
  const [office, today] = [await officeOf(tx), await todayOf(tx)];
  const facts = await readCourtPacket(tx, { row, student, state, office, today, draft, purpose });
  return {
    facts,
    missing: missingOf(facts.packet),
    refuseIncomplete: state.policy.court?.refuseIncompletePacket ?? false,
  };
}

function render(call: Call, facts: PacketFacts, missing: readonly string[]): Promise<RenderedPacket> {
  return renderCourtPacket({ ...facts, missing, by: `${call.caller.role} ${call.caller.id}` });
}

function shown(row: DisclosureRow): Disclosed {
  return {
    ...{ disclosure: row.id, kind: row.kind, caseNumber: row.caseNumber, county: row.county, to: row.toWhom },
    ...{ purpose: row.purpose, madeOn: row.madeOn, by: `${row.role} ${row.actor}`, pages: row.pages },
    ...{ missing: row.missing, sha256: row.sha256 },
    ...{ sealedBytes: row.sealedBytes, sealedSha256: row.sealedSha256 },
  };
}

// ---------------------------------------------------------------- what has been given out

/** Every packet made of a case, and every time one was fetched; the latest first. */
export async function packetsFor(call: Call, number: string): Promise<Disclosed[]> {
  allow(call, 'court.packet');
  await caseFor(call, call.db, number);
  await audited(call.db, call, 'case.read', `case ${number}`);
  return (await disclosuresOf(call.db, number)).map(shown);
}

/**
 * A packet as it was made, the latest where none is named. The State's Attorney's reader gets those made for a county of
 * their schools; each time is a disclosure of its own.
 */
export async function fetchPacket(
  call: Call,
  number: string,
  id?: number,
): Promise<{ readonly pdf: Uint8Array; readonly sha256: string }> {
  allow(call, 'court.packet-fetch');
  const reader = call.caller.role === 'state-attorney-reader';
  return call.db.transaction(async (tx) => {
    if (!reader) await caseFor(call, tx, number);
    const packet = await packetOf(tx, number, id);
    if (!packet || (reader && !(await isForReader(call, tx, packet)))) {
      throw new Unknown(
        'UNKNOWN_PACKET',
        'There is no such packet here; `court packets --case N` lists them.',
      );
    }
    const { pdf, ...row } = packet;
    await audited(tx, call, 'court.packet-fetched', `case ${number}`, { disclosure: row.id });
    if (reader) {
      const { caseNumber, county, toWhom, purpose, pages, missing, sha256, sealedBytes, sealedSha256 } = row;
      await enterDisclosure(
        tx,
        {
          ...{
            kind: 'court-packet-copy',
            copyOf: row.id,
            caseNumber,
            county,
            toWhom,
            purpose,
            pages,
            missing,
          },
          ...{ sha256, sealedBytes, sealedSha256, madeOn: await todayOf(tx) },
        },
        causeOf(call),
      );
    }
    return { pdf, sha256: row.sha256 };
  });
}

/** Made for the State's Attorney of a county in which the reader's schools lie, and the case is still with them. */
async function isForReader(call: Call, tx: Db, packet: DisclosureRow): Promise<boolean> {
  const { schools } = call.caller;
  if (schools === null) {
    throw new Forbidden(
      'A State’s Attorney’s reader is kept to the schools of a county; the administrator names them.',
    );
  }
  const counties = (await listSchools(tx))
    .filter(({ code }) => schools.includes(code))
    .map(({ county }) => county);
  const row = await caseByNumber(tx, packet.caseNumber);
  return counties.includes(packet.county) && row !== undefined && (stateOf(row)?.court ?? null) !== null;
}
