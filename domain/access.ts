/** Who may do what: one table, asked by every door. School staff act only for students of their own schools. */
export const ROLES = [
  'school',
  'case-manager',
  'assistant-regional-superintendent',
  'regional-superintendent',
  'administrator',
  'state-attorney-reader',
  'dispatcher',
  'attendance-officer',
  'counselor',
  'mail-server',
  'script',
] as const;

export type Role = (typeof ROLES)[number];

export const OPERATIONS = [
  'office.read',
  'office.drive',
  'office.go-live',
  'places.read',
  'places.write',
  'people.read',
  'people.write',
  'no-contact.write',
  'calendar.read',
  'calendar.write',
  'attendance.read',
  'attendance.write',
  'codes.write',
  'intervention.read',
  'intervention.write',
  'case.read',
  'referral.make',
  'referral.accept-fewer',
  'referral.withdraw',
  'caseload.place',
  'hearing.schedule',
  'hearing.record',
  'order.issue',
  'court.refer',
  'court.answer',
  'court.packet',
  'court.packet-fetch',
  'case.close',
  'case.hold',
  'case.import',
  'case.transfer',
  'case.merge',
  'progress.judge',
  'contact.write',
  'caseload.work',
  'question.settle',
  'hearing.stand',
  'letter.release',
  'letter.approve',
  'letter.resubmit',
  'policy.move',
  'rollover.apply',
  'notice.read',
  'notice.post',
  'notice.settle',
  'notice.bounce',
  'template.read',
  'template.write',
  'template.approve',
  'task.read',
  'task.done',
  'access.manage',
  'call.read',
  'call.open',
  'call.dispatch',
  'call.work',
  'call.counsel',
  'officer.read',
  'officer.manage',
  'officer.duty',
  'officer.phone',
  'hazard.write',
  'note.read',
  'note.write',
  'monitor.read',
  'monitor.start',
  'monitor.end',
  'board.read',
] as const;

export type Operation = (typeof OPERATIONS)[number];

const READS: readonly Operation[] = [
  'office.read',
  'places.read',
  'people.read',
  'calendar.read',
  'attendance.read',
  'intervention.read',
  'case.read',
  'notice.read',
  'task.read',
];

/** What a school, a dispatcher and an officer see of the Intervention Department's work. */
const CALL_READS: readonly Operation[] = ['call.read', 'note.read', 'monitor.read'];

/** What a school does: reports, documents, refers (the page of ROE #53: "school should initiate … make referral"). */
const SCHOOL: readonly Operation[] = [
  ...READS,
  'attendance.write',
  'intervention.write',
  'referral.make',
  'referral.withdraw',
  'letter.resubmit',
  'progress.judge',
  'task.done',
  // The page of the Intervention Department: "the school contacts the AO directly and makes the referral".
  ...CALL_READS,
  'call.open',
  'note.write',
];

const OFFICE: readonly Operation[] = [
  ...SCHOOL,
  'people.write',
  'no-contact.write',
  'calendar.write',
  'codes.write',
  'caseload.place',
  'hearing.record',
  'court.refer',
  'court.answer',
  'court.packet',
  'court.packet-fetch',
  'case.close',
  'case.hold',
  'case.import',
  'case.transfer',
  'case.merge',
  'contact.write',
  'caseload.work',
  'question.settle',
  'letter.release',
  'letter.approve',
  'rollover.apply',
  'notice.post',
  'notice.settle',
  'notice.bounce',
  'template.read',
  'template.write',
];

/** The Intervention Department's own people: the records of place and people, and nothing of a ladder's cases. */
const DEPARTMENT: readonly Operation[] = [
  'office.read',
  'places.read',
  'people.read',
  'calendar.read',
  'attendance.read',
  'task.read',
  'task.done',
  'notice.read',
  ...CALL_READS,
];

const OFFICERS: readonly Operation[] = [
  ...DEPARTMENT,
  'call.open',
  'call.work',
  'officer.read',
  'officer.duty',
  'hazard.write',
  'note.write',
  'monitor.start',
  'monitor.end',
  'board.read',
];

const HEARINGS: readonly Operation[] = ['hearing.schedule', 'order.issue'];

/** Who signs letters says which text they are written from. */
const SIGNING: readonly Operation[] = ['template.approve'];

const ALLOWED: Readonly<Record<Role, ReadonlySet<Operation>>> = {
  school: new Set(SCHOOL),
  'case-manager': new Set([...OFFICE, 'hearing.schedule']),
  'assistant-regional-superintendent': new Set([...OFFICE, ...HEARINGS, ...SIGNING, 'referral.accept-fewer']),
  'regional-superintendent': new Set([
    ...OFFICE,
    ...HEARINGS,
    ...SIGNING,
    'hearing.stand',
    'referral.accept-fewer',
  ]),
  administrator: new Set(OPERATIONS),
  // Gets the court packet, not the records: nothing of a case that is not in court is theirs to read.
  'state-attorney-reader': new Set(['office.read', 'court.packet-fetch']),
  // The department's post goes through the dispatcher's hands: contracts in print, findings to a school without e-mail.
  dispatcher: new Set([
    ...OFFICERS,
    ...(['call.dispatch', 'officer.manage', 'officer.phone'] as const),
    ...(['notice.post', 'notice.settle', 'notice.bounce'] as const),
  ]),
  'attendance-officer': new Set(OFFICERS),
  counselor: new Set([...DEPARTMENT, 'call.counsel']),
  // The office's own mail server hands on what comes back, and learns nothing but what became of it.
  'mail-server': new Set(['notice.bounce']),
  // The invented school and office of a demo: everything people may do.
  script: new Set(OPERATIONS.filter((one) => one !== 'access.manage')),
};

/** Whether a role may do something at all; whose students it may do it to is {@link reaches}. */
export function mayDo(role: string, operation: Operation): boolean {
  return isRole(role) && ALLOWED[role].has(operation);
}

export function isRole(role: string): role is Role {
  return (ROLES as readonly string[]).includes(role);
}

/** Whether somebody kept to certain schools (null: to none) reaches a student or case of these schools. */
export function reaches(mine: readonly string[] | null, theirs: readonly string[]): boolean {
  return mine === null || theirs.some((school) => mine.includes(school));
}
