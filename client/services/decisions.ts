/** Every decision a person may take in a case, by subject. */
export { ask, prepare, type DecisionAnswer, type WithId } from './decisions/asking.ts';
export {
  closeCase,
  judgeProgress,
  placeOnCaseload,
  refer,
  referStudent,
  withdraw,
} from './decisions/referrals.ts';
export { extendHold, placeHold, releaseHold, releaseLetter, settleQuestion } from './decisions/letters.ts';
export {
  approvalQueue,
  approveBatch,
  approveLetter,
  resubmitLetter,
  stopLetter,
  type BatchOutcome,
  type ShownApproval,
} from './decisions/approvals.ts';
export {
  cancelHearing,
  letHearingStand,
  moveHearing,
  recordHearing,
  scheduleHearing,
} from './decisions/hearings.ts';
export {
  certificateFor,
  issueOrder,
  recordCourtAnswer,
  recordCourtStatus,
  referToCourt,
  type CertificateShown,
} from './decisions/court.ts';
