/** `notice bounces`: takes in what came back to the office's mailbox. */
import type { Command } from 'commander';
import { messagesIn } from '../../../imports/mailbox.ts';
import type { BounceShown, BounceTaken } from '../../services/bounces.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { noun, verb } from '../verb.ts';

export function register(program: Command): void {
  const notice = noun(program, 'notice', 'Letters to families, and to the State’s Attorney.');
  verb<{ from?: string }>(notice, {
    name: 'bounces',
    description:
      'Take in e-mails that came back: the letter goes by post. The mailbox is only read; again does nothing twice.',
    example: 'notice bounces --from /var/mail/truancy',
    options: (c) =>
      c.option(
        '--from <path>',
        'an mbox file, a Maildir, a folder of messages, or one; without it: the list',
      ),
    run: async ({ from }, { api, out }) => {
      if (from === undefined) {
        const { reports } = await api.get<{ reports: BounceShown[] }>('bounces');
        out.result(reports, reports.length === 0 ? 'Nothing came back.' : shownText(reports));
        return;
      }
      const reports: BounceTaken[] = [];
      for (const message of read(from)) {
        const answer = await api.post<{ reports: BounceTaken[] }>('bounces', { message });
        reports.push(...answer.reports);
      }
      out.result(reports, takenText(reports));
    },
  });
}

function read(from: string): string[] {
  try {
    return messagesIn(from);
  } catch {
    throw new CliError(
      'CANNOT_READ',
      'the mailbox cannot be read; check the path and its rights',
      EXIT.badInput,
    );
  }
}

const WORDS: Readonly<Record<BounceTaken['outcome'], string>> = {
  printed: 'came back; printed instead',
  noted: 'came back; see the worklist',
  delayed: 'no failure: nothing to do',
  unmatched: 'names no letter of this office',
  'no-report': 'no delivery report: left alone',
  'too-early': 'its letter is being sent: run this again',
};

function takenText(reports: readonly BounceTaken[]): string {
  if (reports.length === 0) return 'The mailbox is empty.';
  const fresh = reports.filter((one) => !one.repeated);
  const counts = Object.entries(WORDS).flatMap(([outcome, words]) => {
    const n = fresh.filter((one) => one.outcome === outcome).length;
    return n === 0 ? [] : [`${String(n).padStart(5)}  ${words}`];
  });
  const known = reports.length - fresh.length;
  if (known > 0) counts.push(`${String(known).padStart(5)}  taken in before`);
  const letters = fresh.filter((one) => one.outcome === 'printed' || one.outcome === 'noted');
  return [counts.join('\n'), ...letters.map((one) => `${one.notice ?? ''} (${one.statusCode ?? ''})`)].join(
    '\n',
  );
}

function shownText(reports: readonly BounceShown[]): string {
  return table(
    ['On', 'Letter', 'What came of it'],
    reports.map((one) => [
      one.on,
      one.notice ?? '(none of ours)',
      `${WORDS[one.outcome]} ${one.statusCode ?? ''}`,
    ]),
  );
}
