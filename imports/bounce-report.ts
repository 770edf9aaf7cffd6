/** What a mail server says became of a message: a delivery report (RFC 3464), read from the mail it came in. */
import PostalMime, { type Attachment } from 'postal-mime';

export interface BounceReport {
  /** The report's own Message-ID; null where it has none. */
  readonly reportId: string | null;
  /** The message it is about: by its envelope's id as we gave it (RFC 3461), else by its Message-ID; without brackets. */
  readonly about: readonly string[];
  readonly recipients: readonly ReportedRecipient[];
}

export interface ReportedRecipient {
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** RFC 3463, e.g. `5.1.1`. */
  readonly status: string;
  /** The addresses it names: the one we gave, and the one it was handed on to. */
  readonly addresses: readonly string[];
}

/** A hostile message may nest parts without end. */
const NESTING = 20;

/** Null where the message is no delivery report, or one that cannot be read. */
export async function readBounceReport(raw: string | Uint8Array): Promise<BounceReport | null> {
  const mail = await PostalMime.parse(raw, { maxNestingDepth: NESTING }).catch(() => null);
  const status = mail?.attachments.find((part) => part.mimeType === 'message/delivery-status');
  if (!mail || !status) return null;
  const [message = new Map<string, string>(), ...each] = fieldGroups(textOf(status));
  const recipients = each.flatMap((fields) => recipientIn(fields) ?? []);
  if (recipients.length === 0) return null;
  const returned = mail.attachments.find(({ mimeType }) => RETURNED.has(mimeType));
  const original = returned && (await PostalMime.parse(returned.content).catch(() => null));
  const about = [
    message.get('original-envelope-id'),
    original?.messageId,
    // Some servers return nothing of the message, but answer to it.
    mail.inReplyTo,
    ...(mail.references?.split(/\s+/) ?? []),
  ];
  return {
    reportId: mail.messageId ?? null,
    about: [...new Set(about.flatMap((id) => (id ? [bare(id)] : [])))],
    recipients,
  };
}

const RETURNED: ReadonlySet<string> = new Set(['message/rfc822', 'text/rfc822-headers', 'message/global']);

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}

/** Groups of fields with an empty line between: the first about the message, then one for each recipient. */
function fieldGroups(text: string): Map<string, string>[] {
  const unfolded = text.replaceAll(/\r\n?/g, '\n').replaceAll(/\n[ \t]+/g, ' ');
  return unfolded
    .split(/\n{2,}/)
    .map((group) => {
      const fields = new Map<string, string>();
      for (const line of group.split('\n')) {
        const found = /^([\w-]+):\s*(.*)$/.exec(line);
        if (found) fields.set(found[1]!.toLowerCase(), found[2]!.trim());
      }
      return fields;
    })
    .filter((fields) => fields.size > 0);
}

const ACTIONS: ReadonlySet<string> = new Set(['failed', 'delayed', 'delivered', 'relayed', 'expanded']);

function recipientIn(fields: ReadonlyMap<string, string>): ReportedRecipient | null {
  const action =
    fields
      .get('action')
      ?.toLowerCase()
      .split(/[\s;(]/)[0] ?? '';
  const status = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0];
  if (!ACTIONS.has(action) || status === undefined) return null;
  const addresses = ['original-recipient', 'final-recipient'].flatMap((name) => {
    const address = /^[^;]*;\s*<?([^<>\s]+)>?/.exec(fields.get(name) ?? '')?.[1];
    return address === undefined ? [] : [address.toLowerCase()];
  });
  return { action: action as ReportedRecipient['action'], status, addresses: [...new Set(addresses)] };
}

function bare(id: string): string {
  return id.trim().replace(/^<|>$/g, '');
}
