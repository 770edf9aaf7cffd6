/** What the office's namespace is searched by in Temporal's Web UI (docs: what staff see there). Codes and numbers only. */
import type { SearchAttributes } from './temporal-namespace.ts';

export const OFFICE_SEARCH_ATTRIBUTES = {
  Office: 'Keyword',
  School: 'Keyword',
  Stage: 'Keyword',
  CaseNumber: 'Keyword',
  NextDeadline: 'Datetime',
  UnexcusedDays: 'Double',
  ActionBy: 'Keyword',
  Priority: 'Int',
  Flags: 'KeywordList',
} as const satisfies SearchAttributes;
