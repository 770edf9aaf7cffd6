/** Every state met by every message: each either acts as written in docs/case-table.md or refuses with its code. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MESSAGES, STATES } from '../support/case-states.ts';

const FILE = path.join(import.meta.dirname, '..', '..', 'docs', 'case-table.md');

function table(): string {
  const lines = [
    '# Every state of a case, and what each message does there',
    '',
    'Made by `UPDATE_TABLE=1 npx vitest run test/domain/case-table.test.ts`, from the rules themselves; the same test',
    'fails when a rule and this page differ. `→ stage` says where the case stands afterwards; `CODES` are refusals, which',
    'change nothing; of facts, the journal entries they make are named.',
    '',
  ];
  for (const { state, on, make } of STATES) {
    lines.push(`## ${state}`, '');
    for (const { message, give } of MESSAGES) lines.push(`- ${message}: ${give(make(), on)}`);
    lines.push('');
  }
  return lines.join('\n');
}

describe('every state and message', () => {
  it('does as docs/case-table.md says, and none throws', () => {
    const now = table();
    if (process.env['UPDATE_TABLE']) writeFileSync(FILE, now);
    expect(now).toBe(readFileSync(FILE, 'utf8'));
  });

  it('leaves a case that every command can still be asked of', () => {
    for (const { make, on } of STATES) {
      const standing = make();
      for (const first of MESSAGES) {
        const after = standing.copy();
        // A refusal changes nothing (checked above), so what follows it has been seen.
        if (first.give(after, on).startsWith('`')) continue;
        for (const second of MESSAGES) expect(() => second.give(after.copy(), on)).not.toThrow();
      }
    }
  });
});
