/** Search attributes: never encrypted, so opaque codes and numbers only. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const OFFICE = defineSearchAttributeKey('Office', 'KEYWORD');
export const SCHOOL = defineSearchAttributeKey('School', 'KEYWORD');
export const STAGE = defineSearchAttributeKey('Stage', 'KEYWORD');
export const CASE_NUMBER = defineSearchAttributeKey('CaseNumber', 'KEYWORD');
export const NEXT_DEADLINE = defineSearchAttributeKey('NextDeadline', 'DATETIME');
/** As of the last event of the case. */
export const UNEXCUSED_DAYS = defineSearchAttributeKey('UnexcusedDays', 'DOUBLE');
export const ACTION_BY = defineSearchAttributeKey('ActionBy', 'KEYWORD');
export const PRIORITY = defineSearchAttributeKey('Priority', 'INT');
export const FLAGS = defineSearchAttributeKey('Flags', 'KEYWORD_LIST');

/** Names and types as the server registers them. */
export const SEARCH_ATTRIBUTES = {
  Office: 'Keyword',
  School: 'Keyword',
  Stage: 'Keyword',
  CaseNumber: 'Keyword',
  NextDeadline: 'Datetime',
  UnexcusedDays: 'Double',
  ActionBy: 'Keyword',
  Priority: 'Int',
  Flags: 'KeywordList',
} as const;
