/** Delivery reports as mail servers write them (RFC 3464). */
export interface ReportWish {
  /** Of the message it is about, with brackets. */
  readonly messageId: string;
  readonly recipient: string;
  readonly action?: 'failed' | 'delayed';
  readonly status?: string;
  /** The address the message was handed on to. */
  readonly handedOn?: string;
  /** By what it names the message: the message returned whole, its headers, the envelope's id, or an answer's header. */
  readonly returned?: 'message' | 'headers' | 'envelope-id' | 'reply';
  /** The report's own number. */
  readonly n?: number;
}

export function deliveryReport(wish: ReportWish): string {
  const { messageId, recipient, action = 'failed', status = '5.1.1', returned = 'message', n = 1 } = wish;
  const headers = ['From: truancy@roe53.example', `Message-ID: ${messageId}`, 'Subject: School attendance'];
  const third = {
    message: ['--cut', 'Content-Type: message/rfc822', '', ...headers, '', 'Dear parent'],
    headers: ['--cut', 'Content-Type: text/rfc822-headers', '', ...headers],
    'envelope-id': [],
    reply: [],
  }[returned];
  return [
    'From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>',
    'To: truancy@roe53.example',
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <report-${n}@mx.example.org>`,
    ...(returned === 'reply' ? [`In-Reply-To: ${messageId}`, `References: ${messageId}`] : []),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    ' boundary="cut"',
    '',
    '--cut',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I am sorry to have to inform you that your message could not be delivered.',
    '--cut',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    ...(returned === 'envelope-id' ? [`Original-Envelope-Id: ${messageId.replace(/[<>]/g, '')}`] : []),
    'Arrival-Date: Wed, 15 Oct 2025 10:00:00 -0500',
    '',
    ...(wish.handedOn === undefined
      ? [`Final-Recipient: rfc822; ${recipient}`]
      : [`Original-Recipient: rfc822;${recipient}`, `Final-Recipient: rfc822; ${wish.handedOn}`]),
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1',
    ' no such mailbox here',
    ...third,
    '--cut--',
    '',
  ].join('\r\n');
}
