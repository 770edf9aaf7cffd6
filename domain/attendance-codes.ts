/** What a source's attendance codes mean: one map per source, as data; the policy names only categories. */
import type { Category } from './attendance.ts';

/** The categories this project's maps use; an office may add its own. */
export const CATEGORIES = [
  'excused',
  'unexcused',
  'unknown',
  'tardy',
  'medical',
  'homebound',
  'suspension',
  'remote',
  'present',
] as const;

export interface CodeMap {
  /** Shown in reports, e.g. `edfi (built in)`. */
  readonly name: string;
  /** Code as {@link normalCode} writes it → category. */
  readonly codes: Readonly<Record<string, Category>>;
  /** Codes (normal form) that never stand for a whole day: without a duration they say too little to be kept. */
  readonly partOfDay: readonly string[];
}

/** Upper and lower case, spaces, hyphens and underscores make no difference: `UNX`, `unx`; `Absent-Excused`, `absent excused`. */
export function normalCode(code: string): string {
  return code
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** The category of a code; null while nobody has mapped it. */
export function categoryOf(map: CodeMap, code: string): Category | null {
  const key = normalCode(code);
  return Object.hasOwn(map.codes, key) ? (map.codes[key] ?? null) : null;
}

/** The map with some codes set anew (`attendance codes --set CODE=CATEGORY`). */
export function withCodes(map: CodeMap, set: Readonly<Record<string, Category>>): CodeMap {
  const added = Object.fromEntries(
    Object.entries(set).map(([code, category]) => [normalCode(code), category]),
  );
  return { ...map, codes: { ...map.codes, ...added } };
}

/** Whether a code is one of those that never stand for a whole day; `Partial: Absent excused` is, as `Partial` is. */
export function isPartOfDay(map: CodeMap, code: string): boolean {
  const key = normalCode(code);
  return map.partOfDay.some((part) => key === part || key.startsWith(`${part}:`));
}
