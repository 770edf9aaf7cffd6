/** Reports of rosters, in words. */
import type { Tally } from '../../db/stores/places.ts';
import type { RosterIssue } from '../../imports/roster/index.ts';

export function tallyText(done: Tally): string {
  return `${done.read} read: ${done.new} new, ${done.changed} changed, ${done.unchanged} as before`;
}

/** Lines to look at, at most so many. */
export function issuesText(issues: readonly RosterIssue[], most = 25): string {
  if (issues.length === 0) return 'Nothing to look at.';
  const shown = issues
    .slice(0, most)
    .map((one) => `  ${one.file ?? ''}:${one.line ?? ''} ${one.code}: ${one.message}`);
  const rest = issues.length - shown.length;
  return [
    `${issues.length} to look at:`,
    ...shown,
    ...(rest > 0 ? [`  … and ${rest} more (--json has all)`] : []),
  ].join('\n');
}
