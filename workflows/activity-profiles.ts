/** How each kind of activity is called, and why its retries are safe. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type {
  CallActivities,
  CallMessageActivities,
  CaseActivities,
  CaseloadActivities,
  DeliveryActivities,
  MonitorActivities,
  MorningActivities,
} from '../activities/ports.ts';

/**
 * One short database statement a wake-up, repeatable by its sequence numbers. Retried without end: a case must not be
 * lost because the database was away over the weekend. Runs begun since write by {@link durableCaseActivities}; reading
 * changes nothing and stays here.
 */
export const caseActivities = proxyLocalActivities<CaseActivities>({
  startToCloseTimeout: '20s',
  // Longer pauses than this are timers of the server, so that a long outage does not hold a workflow task open.
  localRetryThreshold: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * The case's write as an activity of its own: it begins only once what it writes stands in the history. A local one runs
 * inside the workflow task, and where that task is thrown away (a worker killed, a signal beside continue-as-new) the same
 * decisions may come again in another order: the records would keep what never happened. Retried like the others.
 */
export const durableCaseActivities = proxyActivities<Pick<CaseActivities, 'recordCaseProgress'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** A caseload's write, which also tells its case: for the same reason as {@link durableCaseActivities}. */
export const durableCaseloadActivities = proxyActivities<Pick<CaseloadActivities, 'recordCaseloadProgress'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** As for a case: one short write a wake-up, repeatable, retried without end. */
export const caseloadActivities = proxyLocalActivities<CaseloadActivities>({
  startToCloseTimeout: '20s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Reading and rendering; repeatable. Retried without end, in the open. */
export const planning = proxyActivities<Pick<DeliveryActivities, 'planLetter' | 'printNotice'>>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/**
 * Irreversible with an outcome that may be unknown: retried only because the claim in the records stops a second mail.
 * The time-out outlasts the mail library's own (its parts sum to over 12 minutes), or a second try could run beside a
 * live first one.
 */
export const sending = proxyActivities<Pick<DeliveryActivities, 'sendNotice' | 'sendSchoolCopy'>>({
  startToCloseTimeout: '5m',
  // A killed worker's letter is taken up again after this long; a second try beside a live first finds its claim.
  heartbeatTimeout: '30s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '10m' },
});

/** Rules and a few rows; repeatable. Retried without end: a morning with the records away is made up for when they are back. */
export const mornings = proxyActivities<Pick<MorningActivities, 'beginMorning' | 'planDigests'>>({
  startToCloseTimeout: '5m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/**
 * Irreversible like {@link sending}, and safe to retry for the same reason. Given up by the evening: the next morning must
 * not find this one still running, and tells of the same tasks.
 */
export const digesting = proxyActivities<Pick<MorningActivities, 'sendDigest'>>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '10h',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '10m' },
});

/** A monitor's write, with what its officer and school are told: for the same reason as {@link durableCaseActivities}. */
export const monitorActivities = proxyActivities<Pick<MonitorActivities, 'recordMonitorProgress'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Reading changes nothing: local, retried without end. */
export const monitorReading = proxyLocalActivities<Pick<MonitorActivities, 'readMonitorDay'>>({
  startToCloseTimeout: '20s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** What day it is: read-only. */
export const callActivities = proxyLocalActivities<Pick<CallActivities, 'readCallDay'>>({
  startToCloseTimeout: '20s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * A service call's write, and the transaction that chooses who goes: both repeatable, retried without end. Pauses are short:
 * an officer is waiting at the roadside.
 */
export const durableCallActivities = proxyActivities<
  Pick<CallActivities, 'recordCallProgress' | 'dispatchOfficers'>
>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Irreversible like {@link sending}, and claimed in the records in the same way. Given up within the hour: what it says is
 * old by then, and the call alerts and reminds by itself.
 */
export const callMessaging = proxyActivities<Pick<CallMessageActivities, 'sendCallMessage'>>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Says in the records that a message did not leave, and to whom it falls now; repeatable. */
export const callMessagingEnd = proxyActivities<Pick<CallMessageActivities, 'giveUpCallMessage'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});
