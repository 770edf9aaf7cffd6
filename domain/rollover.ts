/**
 * August: a new roster beside the records. Nothing resets; what changed over the summer comes as one list for one yes.
 */

/**
 * `promoted`: another grade or school. `graduated`: in the last grade, and not on the new roster. `not-returned`: not on
 * it, and not in the last grade. `new`: nobody on record goes to school under this number.
 */
export type RolloverKind = 'promoted' | 'graduated' | 'not-returned' | 'new' | 'unchanged';

/** Where somebody goes to school, as one source says it. */
export interface Placement {
  readonly grade: string | null;
  readonly school: string | null;
}

export interface RolloverItem {
  readonly sisId: string;
  readonly kind: RolloverKind;
  /** Null for somebody new. */
  readonly before: Placement | null;
  /** Null for somebody not on the new roster. */
  readonly after: Placement | null;
}
