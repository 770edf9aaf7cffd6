/**
 * The maps each format starts with: what its attendance codes mean. A source (district and student system) overrides
 * them code by code (`attendance codes --set CODE=CATEGORY`); a code that stands nowhere never counts and is reported.
 * Keys are in the form of `normalCode`: lower case, blanks for hyphens and underscores.
 */
import type { CodeMap } from '../../domain/attendance-codes.ts';

/**
 * Ed-Fi AttendanceEventCategoryDescriptor (the part after `#`). Categories that say too little alone come with the
 * event's reason: `Partial: Absent excused`.
 */
export const EDFI_CODES: CodeMap = {
  name: 'edfi (built in)',
  codes: {
    'excused absence': 'excused',
    'absent excused': 'excused',
    'unexcused absence': 'unexcused',
    'absent unexcused': 'unexcused',
    tardy: 'tardy',
    'early departure': 'tardy',
    'early departure: absent excused': 'tardy',
    'in attendance': 'present',
    present: 'present',
    'partial: absent excused': 'excused',
    'partial: excused': 'excused',
    'partial: excused absence': 'excused',
    'partial: absent unexcused': 'unexcused',
    'partial: unexcused': 'unexcused',
    'partial: unexcused absence': 'unexcused',
    'partial: tardy': 'tardy',
    'absence: absent excused': 'excused',
    'absence: excused': 'excused',
    'absence: absent unexcused': 'unexcused',
    'absence: unexcused': 'unexcused',
    'absent: absent excused': 'excused',
    'absent: excused': 'excused',
    'absent: absent unexcused': 'unexcused',
    'absent: unexcused': 'unexcused',
    'in school suspension': 'present',
    'out of school suspension': 'suspension',
    suspension: 'suspension',
    homebound: 'homebound',
    remote: 'remote',
  },
  partOfDay: ['partial'],
};

/** Words and letters most student systems and spreadsheets use. Letters that differ between districts stand in no map. */
export const CSV_CODES: CodeMap = {
  name: 'csv (built in)',
  codes: {
    u: 'unexcused',
    un: 'unexcused',
    ue: 'unexcused',
    una: 'unexcused',
    unx: 'unexcused',
    unex: 'unexcused',
    unexcused: 'unexcused',
    'unexcused absence': 'unexcused',
    'absent unexcused': 'unexcused',
    unverified: 'unknown',
    truant: 'unexcused',
    truancy: 'unexcused',
    // "Confirmed truancy": the code a school enters for a student found truant.
    ct: 'unexcused',
    auk: 'unknown',
    unk: 'unknown',
    unknown: 'unknown',
    'absent unknown': 'unknown',
    'absent unknown reason': 'unknown',
    e: 'excused',
    ex: 'excused',
    exc: 'excused',
    excused: 'excused',
    'excused absence': 'excused',
    'absent excused': 'excused',
    ill: 'medical',
    illness: 'medical',
    sick: 'medical',
    m: 'medical',
    med: 'medical',
    medical: 'medical',
    t: 'tardy',
    tdy: 'tardy',
    tardy: 'tardy',
    late: 'tardy',
    'tardy unexcused': 'tardy',
    'tardy excused': 'tardy',
    'unexcused tardy': 'tardy',
    'excused tardy': 'tardy',
    'early departure': 'tardy',
    'early dismissal': 'tardy',
    s: 'suspension',
    oss: 'suspension',
    suspended: 'suspension',
    suspension: 'suspension',
    'out of school suspension': 'suspension',
    iss: 'present',
    'in school suspension': 'present',
    h: 'homebound',
    hb: 'homebound',
    homebound: 'homebound',
    r: 'remote',
    remote: 'remote',
    'e learning': 'remote',
    elearning: 'remote',
    'distance learning': 'remote',
    p: 'present',
    present: 'present',
    'in attendance': 'present',
  },
  partOfDay: ['partial'],
};

/**
 * Infinite Campus exports: the district's own code where there is one (the CSV map knows the usual words and this
 * office's AUK and CT), else status and excuse as `status/excuse` (A absent, T tardy, E early release; E excused,
 * U unexcused, X exempt).
 */
export const INFINITE_CAMPUS_CODES: CodeMap = {
  name: 'infinite-campus (built in)',
  codes: {
    ...CSV_CODES.codes,
    'a/e': 'excused',
    'a/u': 'unexcused',
    'a/x': 'excused',
    a: 'unknown',
    'a/': 'unknown',
    't/e': 'tardy',
    't/u': 'tardy',
    't/x': 'tardy',
    't/': 'tardy',
    'e/e': 'tardy',
    'e/u': 'tardy',
    'e/x': 'tardy',
    'e/': 'tardy',
  },
  partOfDay: ['partial'],
};

export type AttendanceFormat = 'edfi' | 'csv' | 'infinite-campus';

export const CODE_MAPS: Readonly<Record<AttendanceFormat, CodeMap>> = {
  edfi: EDFI_CODES,
  csv: CSV_CODES,
  'infinite-campus': INFINITE_CAMPUS_CODES,
};
