/** CSV about posted letters: a carrier's tracking export (number, status, date), and the labels an office has stuck on. */
import { articleNumberFault } from '../domain/certified-mail.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { MailOutcome } from '../domain/mail-proof.ts';
import { csvRows } from './csv-stream.ts';
import { DATE_FORMS, readDate } from './dates.ts';

export interface TrackedRow {
  readonly line: number;
  readonly certified: string;
  readonly outcome: MailOutcome;
  readonly on: IsoDate;
  readonly reference?: string;
}

export interface LineFault {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

export interface TrackingRead {
  readonly rows: readonly TrackedRow[];
  /** Lines of letters that are still on their way. */
  readonly underWay: number;
  readonly faults: readonly LineFault[];
}

/** The carrier's sentences, the first that fits: "Refused, return to sender" is a refusal. */
const STATUSES: readonly (readonly [RegExp, MailOutcome | 'under-way'])[] = [
  [/\brefused\b/i, 'refused'],
  [/\bunclaimed\b|\bnot claimed\b|\bmaximum hold/i, 'unclaimed'],
  [
    /\bundeliver|\bnot deliverable|\breturn(ed|ing)? to sender|\breturned\b|\bmoved\b|\bno such (number|street)|\binsufficient address|\bvacant\b|\battempted[ -]*not known|\bforward(ing)? (time )?expired|\baddressee unknown/i,
    'undeliverable',
  ],
  // "Delivered, picked up at the post office" has arrived; "not delivered yet" has not.
  [/^(?!.*\bnot delivered).*\bdelivered\b/i, 'delivered'],
  [
    /\b(in transit|out for delivery|arriv|depart|accept|pre-?shipment|picked up|processed|notice left|available for pickup|delivery attempt|held at|awaiting|not delivered|forwarded|delay)/i,
    'under-way',
  ],
];

/** Reads the export; a line that cannot be read is named and the others are taken. */
export async function readTracking(text: AsyncIterable<string>, file: string): Promise<TrackingRead> {
  const rows: TrackedRow[] = [];
  const faults: LineFault[] = [];
  let underWay = 0;
  for await (const row of csvRows(text, {
    columns: {
      certified: [
        'certified',
        'certified number',
        'article number',
        'tracking number',
        'label number',
        'number',
      ],
      status: ['status', 'outcome', 'delivery status', 'last event', 'event'],
      date: ['date', 'on', 'event date', 'status date', 'delivery date', 'date time'],
      reference: ['reference', 'proof', 'remarks', 'signature', 'signed by'],
    },
    required: [['certified'], ['status'], ['date']],
    file,
  })) {
    const { line } = row;
    const certified = row.get('certified').replace(/^'/, '');
    const fault = articleNumberFault(certified);
    if (fault !== null) {
      faults.push({ line, code: 'BAD_CERTIFIED_NUMBER', reason: `the number ${fault}` });
      continue;
    }
    const known = STATUSES.find(([words]) => words.test(row.get('status')))?.[1];
    if (known === undefined) {
      faults.push({
        line,
        code: 'UNKNOWN_STATUS',
        reason: 'its status is none of: delivered, refused, unclaimed, undeliverable',
      });
      continue;
    }
    if (known === 'under-way') {
      underWay += 1;
      continue;
    }
    const on = readDate(row.get('date'));
    if (on === undefined) {
      faults.push({ line, code: 'BAD_DATE', reason: `its date cannot be read; ${DATE_FORMS}` });
      continue;
    }
    const reference = row.get('reference');
    rows.push({ line, certified, outcome: known, on, ...(reference === '' ? {} : { reference }) });
  }
  return { rows, underWay, faults };
}

export interface LabelRow {
  readonly line: number;
  readonly notice: string;
  readonly certified: string;
}

/** `notice,certified`: which label went onto which letter's envelope; the manifest itself, filled in, will do. */
export async function readLabels(text: AsyncIterable<string>, file: string): Promise<LabelRow[]> {
  const rows: LabelRow[] = [];
  for await (const row of csvRows(text, {
    columns: {
      notice: ['notice', 'key', 'letter key'],
      certified: ['certified number', 'certified', 'article number', 'number'],
    },
    required: [['notice'], ['certified']],
    file,
  })) {
    const certified = row.get('certified').replace(/^'/, '');
    if (certified !== '') rows.push({ line: row.line, notice: row.get('notice'), certified });
  }
  return rows;
}
