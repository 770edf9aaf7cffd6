/** `court packet`, `court packets`: the packet for the State's Attorney, and to whom it was given. */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import type { Disclosed, PacketMade, PacketPreview } from '../../services/court-packets.ts';
import { part } from '../api-source.ts';
import { CliError, EXIT, table, type Output } from '../frame.ts';
import type { OfCase } from '../leaving.ts';
import { cell, idOf, verb, withCase, withId } from '../verb.ts';
import { writePrivately } from './notices.ts';

interface PacketOptions extends OfCase {
  readonly out: string;
  readonly draft?: boolean;
  readonly kept?: boolean;
  readonly packet?: string;
  readonly purpose?: string;
}

export function registerPackets(court: Command): void {
  verb<PacketOptions>(court, {
    name: 'packet',
    description: 'The packet for the State’s Attorney as one PDF; the disclosure is entered in the record.',
    example: 'court packet --case C-000017 --out packet.pdf',
    options: (c) =>
      withId(withCase(c))
        .requiredOption('--out <file>', 'write the PDF there')
        .option('--draft', 'for the office itself: marked on every page, nothing is given out')
        .option('--kept', 'none is made: the latest one as it was made')
        .option('--packet <number>', 'none is made: this one (court packets)')
        .option('--purpose <text>', 'what it is given for (default: the referral)')
        .option('--yes', 'do not ask before the record is given out'),
    run: async (options, { api, out }) => {
      const cases = `cases/${part(options.case)}`;
      const wish = { purpose: options.purpose };
      if (options.draft === true) {
        const pdf = await api.bytes(`${cases}/packet`, { ...wish, format: 'draft' });
        writePrivately(options.out, pdf);
        out.result(
          { case: options.case, file: options.out, draft: true, bytes: pdf.length },
          `Draft written to ${options.out}; nothing was given out.`,
        );
        return;
      }
      if (options.kept === true || options.packet !== undefined) {
        const pdf = await api.bytes(`${cases}/packets/${part(options.packet ?? 'latest')}`);
        writePrivately(options.out, pdf);
        out.result(
          { case: options.case, file: options.out, sha256: sha256(pdf) },
          `Written to ${options.out}.`,
        );
        return;
      }
      if (options.yes !== true) await askFirst(await api.get<PacketPreview>(`${cases}/packet`, wish), out);
      const made = await api.post<PacketMade>(`${cases}/packets`, { ...wish, id: idOf(options) });
      const pdf = await api.bytes(`${cases}/packets/${made.disclosure}`);
      if (sha256(pdf) !== made.sha256) {
        throw new CliError(
          'BROKEN_ON_ITS_WAY',
          `the file that arrived is not the one that was made; fetch it again with --packet ${made.disclosure}`,
          EXIT.other,
        );
      }
      writePrivately(options.out, pdf);
      out.result({ ...made, file: options.out }, madeText(made, options.out));
    },
  });
  verb<OfCase>(court, {
    name: 'packets',
    description: 'Packets made of a case, and each time one was fetched: to whom, when, what for.',
    example: 'court packets --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const { packets } = await api.get<{ packets: Disclosed[] }>(`cases/${part(options.case)}/packets`);
      out.result(packets, listedText(packets));
    },
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function askFirst(seen: PacketPreview, out: Output): Promise<void> {
  out.note(previewText(seen));
  if (seen.refused !== null) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CliError(
      'CONFIRMATION_NEEDED',
      'this gives out a child’s record; add --yes to say that it shall, or --draft for the office itself',
      EXIT.badInput,
    );
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question('Give it out? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('NOT_CONFIRMED', 'nothing was done', EXIT.other);
  } finally {
    ask.close();
  }
}

export function previewText(seen: PacketPreview): string {
  return [
    `Student  ${seen.name} (${seen.student}), born ${seen.birthDate === null ? 'not on record' : shortDate(seen.birthDate)}`,
    `To       ${seen.to ?? `nobody: no State’s Attorney of ${seen.county} County is on record`}${seen.practice ? ' (PRACTICE)' : ''}`,
    `Purpose  ${seen.purpose}`,
    `Letters  ${seen.letters} as they are kept`,
    ...(seen.leftOut > 0 ? [`Left out ${seen.leftOut} texts that may speak of health or another child`] : []),
    ...seen.missing.map((one) => `Missing  ${one}`),
  ].join('\n');
}

function madeText(made: PacketMade, file: string): string {
  return [
    `${made.made ? 'Packet' : 'The packet made before:'} ${made.disclosure}: ${made.pages} pages, written to ${file}.`,
    `To       ${made.to}`,
    `Purpose  ${made.purpose}`,
    `SHA-256  ${made.sha256}`,
    ...(made.missing.length === 0 ? ['Nothing is missing.'] : made.missing.map((one) => `Missing  ${one}`)),
    'The disclosure is entered in the record.',
  ].join('\n');
}

function listedText(packets: readonly Disclosed[]): string {
  if (packets.length === 0) return 'No packet has been given out.';
  return table(
    ['No.', 'When', 'What', 'By', 'SHA-256'],
    packets.map((one) => [
      one.disclosure,
      shortDate(one.madeOn),
      one.kind === 'court-packet' ? `made, ${one.pages} pages` : 'fetched',
      cell(one.by, 22),
      one.sha256.slice(0, 12),
    ]),
  );
}
