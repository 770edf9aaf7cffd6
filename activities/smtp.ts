/**
 * One message to one recipient over SMTP, telling apart what matters: refused for certain, not now, or unknown because
 * the connection broke after the message was handed over. The library's own transport cannot tell the phase, so its
 * connection is used directly, and the body is a stream that first notes "DATA begins" and only then gives a byte.
 */
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection/index.js';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { LOGO_IN_MAIL, logoType, tidyLine } from '../templates/index.ts';

export interface OutgoingMail {
  readonly messageId: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly replyTo: string;
  /** Envelope and header: exactly one, an address checked before. */
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  /** None: plain text only. */
  readonly html?: string | undefined;
  /** The picture that the HTML shows ({@link LOGO_IN_MAIL}). */
  readonly logo?: Buffer | undefined;
  /** The letter as a PDF; its file name says nothing about anybody. */
  readonly pdf?: { readonly fileName: string; readonly content: Uint8Array } | undefined;
  readonly date: Date;
}

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly response: string }
  /** 5xx: the server has said that it will not take it, because of its recipient or of the message. */
  | {
      readonly kind: 'refused';
      readonly because: 'recipient' | 'message';
      readonly code: string;
      readonly response: string;
    }
  /** 4xx, no server to speak to, or one that refuses us as a client: nothing is wrong with the letter. */
  | { readonly kind: 'temporary'; readonly code: string; readonly response: string }
  /** The link broke after DATA had begun: it may have been taken. */
  | { readonly kind: 'unknown'; readonly code: string };

export interface Mailer {
  /** `onData` is awaited before the first byte of the message leaves; when it throws, nothing leaves. */
  send(mail: OutgoingMail, onData: () => Promise<void>): Promise<SendOutcome>;
}

/** Far below the activity's own time-out, so that a second try never runs beside a live first one. */
const CONNECT_MS = 20_000;
const SILENCE_MS = 90_000;

export function createMailer(smtpUrl: string): Mailer {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const options = {
    host: url.hostname,
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // A mail server on this very machine (the catcher, a local relay) has no certificate to show.
    ignoreTLS: isLoopback(url.hostname),
    requireTLS: !isLoopback(url.hostname) && !secure,
  };
  const auth = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : null;

  return {
    async send(mail, onData) {
      const message = await compose(mail);
      return new Promise<SendOutcome>((resolve) => {
        const connection = new SMTPConnection(options);
        let dataBegan = false;
        let done = false;
        const finish = (outcome: SendOutcome) => {
          if (done) return;
          done = true;
          connection.close();
          resolve(outcome);
        };
        const fail = (error: SmtpError) => finish(outcomeOf(error, dataBegan));
        connection.on('error', fail);
        connection.on('end', () => fail({ code: 'CLOSED' }));
        const body = bodyOf(message, async () => {
          await onData();
          dataBegan = true;
        });
        const send = () => {
          const envelope = {
            from: mail.from.address,
            to: [mail.to.address],
            size: message.length,
            // Given back with a delivery report by servers that know RFC 3461; the others are told nothing.
            dsn: { ret: 'HDRS', envid: envelopeId(mail.messageId), notify: ['FAILURE', 'DELAY'] },
          };
          connection.send(envelope, body, (error, info) => {
            if (error) fail(error);
            else if (info.accepted.length === 1) finish({ kind: 'accepted', response: info.response });
            else {
              const { response } = info;
              finish({ kind: 'refused', because: 'recipient', code: 'NOT_ACCEPTED', response });
            }
          });
        };
        connection.connect((error) => {
          if (error) fail(error);
          else if (auth)
            connection.login({ credentials: auth }, (failed) => (failed ? fail(failed) : send()));
          else send();
        });
      });
    },
  };
}

/** By what a delivery report names the message: its Message-ID without brackets. */
export function envelopeId(messageId: string): string {
  return messageId.replace(/^<|>$/g, '');
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  /** What was answered: `RCPT TO`, `MAIL FROM`, `DATA`, `AUTH PLAIN` … */
  readonly command?: string;
}

function outcomeOf(error: SmtpError, dataBegan: boolean): SendOutcome {
  const code = error.code ?? 'ERROR';
  const { responseCode } = error;
  const response = (error.response ?? '').slice(0, 300);
  // 421 says the server is closing; after the final dot that is an answer, too: not taken.
  if (responseCode !== undefined && responseCode >= 500) {
    const because = refusedBecause(error, dataBegan);
    // A wrong password or a sender the server does not know is the office's to mend: no letter is refused for it.
    return because === null
      ? { kind: 'temporary', code: String(responseCode), response }
      : { kind: 'refused', because, code: String(responseCode), response };
  }
  if (responseCode !== undefined && responseCode >= 400)
    return { kind: 'temporary', code: String(responseCode), response };
  return dataBegan ? { kind: 'unknown', code } : { kind: 'temporary', code, response };
}

function refusedBecause(
  { command, responseCode }: SmtpError,
  dataBegan: boolean,
): 'recipient' | 'message' | null {
  if (dataBegan || command === 'DATA') return 'message';
  if (command === 'RCPT TO') return 'recipient';
  // The size of a message is announced with its sender.
  return command === 'MAIL FROM' && responseCode === 552 ? 'message' : null;
}

function bodyOf(message: Buffer, onData: () => Promise<void>): Readable {
  let begun = false;
  return new Readable({
    read() {
      if (begun) return;
      begun = true;
      onData().then(
        () => {
          this.push(message);
          this.push(null);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
}

function compose(mail: OutgoingMail): Promise<Buffer> {
  const composer = new MailComposer({
    messageId: mail.messageId,
    from: { ...mail.from, name: headerName(mail.from.name) },
    to: [{ ...mail.to, name: headerName(mail.to.name) }],
    replyTo: mail.replyTo,
    subject: tidyLine(mail.subject),
    text: mail.text,
    html: mail.html,
    attachments: [
      ...(mail.pdf
        ? [
            {
              filename: mail.pdf.fileName,
              content: Buffer.from(mail.pdf.content),
              contentType: 'application/pdf',
            },
          ]
        : []),
      ...(mail.logo ? [inlineLogo(mail.logo)] : []),
    ],
    date: mail.date,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** Shown where the HTML names it, and in no list of attachments. */
function inlineLogo(image: Buffer) {
  const contentType = logoType(image);
  return {
    ...{ filename: `logo.${contentType.slice('image/'.length)}`, content: image, contentType },
    ...{ cid: LOGO_IN_MAIL.slice('cid:'.length), contentDisposition: 'inline' as const },
  };
}

/**
 * A name as a header may carry it: one line, no direction marks, and nothing that a mail program would decode into another
 * name (`=?utf-8?q?…?=`, RFC 2047, which many read inside quotes too). The letter itself prints the name untouched.
 */
function headerName(name: string): string {
  return tidyLine(name).replaceAll('=?', '= ?');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host);
}
