/** Script files: short ones work, wrong ones say where. */
import { describe, expect, it } from 'vitest';
import { checkScriptAgainst, loadScript, readScript } from '../../imports/script.ts';
import { readOfficeProfile, loadOfficeProfile } from '../../imports/office-profile.ts';

function faults(text: string): string[] {
  const reading = readScript(text);
  return reading.ok ? [] : reading.faults.map((fault) => `${fault.line} ${fault.field}: ${fault.message}`);
}

describe('a script', () => {
  it('of one line works: every field has a default', () => {
    const reading = readScript('name: short\n');
    expect(reading.ok && reading.value).toMatchObject({
      name: 'short',
      hearing: { daysAhead: 14, outcome: 'held' },
      referrals: { asSoonAsPossible: true },
      office: { postsPrints: true, settlesUnknownMail: true },
      calendar: [],
      feed: { stops: [] },
    });
    expect(readScript('').ok).toBe(true);
  });

  it('takes part of a section and leaves the rest as it is', () => {
    const reading = readScript('hearing: { outcome: held-in-absence }\n');
    expect(reading.ok && reading.value.hearing).toMatchObject({ outcome: 'held-in-absence', time: '10:00' });
  });

  it('announces closures and make-up days', () => {
    const reading = readScript(
      'calendar:\n  - { on: 2026-01-26, close: 2026-01-26, reason: snow }\n  - { on: 2026-02-02, makeup: 2026-05-26, reason: snow, school: MAPLE-HS }\n',
    );
    expect(reading.ok && reading.value.calendar).toEqual([
      { on: '2026-01-26', change: 'close', date: '2026-01-26', reason: 'snow' },
      { on: '2026-02-02', change: 'makeup', date: '2026-05-26', reason: 'snow', school: 'MAPLE-HS' },
    ]);
  });

  it('names line and field of every fault at once', () => {
    const text = [
      'hearing:',
      '  daysAhead: soon',
      '  time: 10:0',
      'calendar:',
      '  - on: 2026-01-26',
      '    reason: snow',
      '  - { on: 2026-02-30, close: 2026-02-02, reason: x }',
      'feeds: 1',
    ].join('\n');
    expect(faults(text)).toEqual([
      expect.stringMatching(/^2 hearing\.daysAhead: /),
      '3 hearing.time: write HH:MM, 24 hours',
      '5 calendar.0: give either close: DATE or makeup: DATE',
      '7 calendar.1.on: write a date that exists as YYYY-MM-DD',
      expect.stringMatching(/^8 : Unrecognized key: "feeds"/),
    ]);
  });

  it('cannot announce a make-up day after it was held', () => {
    expect(faults('calendar: [{ on: 2026-05-27, makeup: 2026-05-26, reason: snow }]')).toEqual([
      '1 calendar.0.makeup: a make-up day is announced (on) before it is held',
    ]);
  });

  it('that is no YAML is refused with its line', () => {
    expect(faults('name: [\n')[0]).toMatch(/^2 : not YAML: /);
  });

  it('names only kinds the policy knows and schools of the input', async () => {
    const script = await loadScript('examples/script.yaml');
    const known = {
      interventionKinds: script.interventions.afterEachUnexcusedDay,
      holdKinds: ['medical'],
      schools: ['MAPLE-HS', 'MAPLE-MS'],
    };
    expect(() => checkScriptAgainst(script, known, 'script.yaml')).not.toThrow();
    expect(() => checkScriptAgainst(script, { ...known, schools: ['MAPLE-HS'] }, 'script.yaml')).toThrow(
      /MAPLE-MS/,
    );
    expect(() =>
      checkScriptAgainst(script, { ...known, interventionKinds: ['home-visit'] }, 'script.yaml'),
    ).toThrow(/phone-call/);
    const lived = {
      ...script,
      holds: { every: 2, kind: 'vacation', reason: 'x', schoolDays: 3 },
      transfers: [{ on: '2025-10-01', student: '1', to: 'OAK-HS' }],
    };
    expect(() => checkScriptAgainst(lived, known, 'script.yaml')).toThrow(/"vacation".*medical/);
    expect(() => checkScriptAgainst({ ...lived, holds: null }, known, 'script.yaml')).toThrow(/OAK-HS/);
  });

  it('says how many days later a note comes in', () => {
    expect(faults('corrections: [{ every: 4, afterSchoolDays: 0, what: excuse }]')[0]).toMatch(
      /^1 corrections.0.afterSchoolDays/,
    );
  });

  it('that cannot be opened says so', async () => {
    await expect(loadScript('no-such.yaml')).rejects.toMatchObject({ code: 'NO_FILE' });
  });
});

describe('an office file', () => {
  it('of the example is whole, and reaches nobody', async () => {
    const profile = await loadOfficeProfile('examples/office.yaml');
    expect(Object.keys(profile.signatories).sort()).toEqual([
      'assistant-regional-superintendent',
      'regional-superintendent',
    ]);
    expect(
      JSON.stringify(profile)
        .match(/[\w.]+@[\w.-]+/g)
        ?.every((one) => one.endsWith('.example')),
    ).toBe(true);
  });

  it('with a wrong address names its line', () => {
    const reading = readOfficeProfile('name: x\nemail: "a@x.example, b@y.example"\n');
    expect(reading.ok).toBe(false);
    expect(!reading.ok && reading.faults.find((fault) => fault.field === 'email')).toMatchObject({ line: 2 });
  });
});
