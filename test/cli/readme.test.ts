/** The commands of README.md, run as they are printed there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
beforeAll(async () => {
  office = await startCliOffice('2026-06-01');
}, 240_000);
afterAll(() => office.stop(), 120_000);

/** What starts a stack or looks at one is tried in test/stack. */
const ELSEWHERE = ['up', 'status', 'doctor'];

function printed(): string[][] {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8').replace(/ \\\n +/g, ' ');
  return [...text.matchAll(/^ {4}npx truancy (.*)$/gm)]
    .map(([, line = '']) => line.replace(/ +# .*$/, ''))
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''))
    .filter(([verb = '']) => !ELSEWHERE.includes(verb));
}

it('each does what it says, in lines of 80 columns; the last is refused', async () => {
  const commands = printed();
  expect(commands.length).toBeGreaterThan(10);
  const last = commands.pop() ?? [];
  for (const command of commands) {
    const ran = await office.program(...command);
    expect([command.join(' '), ran.status, ran.err.match(/^error .*/m)]).toEqual([
      command.join(' '),
      0,
      null,
    ]);
    // The path of a temporary folder may be longer than any line.
    const lines = ran.out.split('\n').filter((line) => !line.includes(office.home));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  }
  const refused = await office.program(...last, '--yes');
  expect([refused.status, refused.err]).toEqual([3, expect.stringContaining('INTERVENTIONS_MISSING')]);
}, 240_000);
