/** Policy versions: whether a case may adopt one, what differs, and what it would change for an open case. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlines } from '../../domain/case/deadlines.ts';
import { policyFault } from '../../domain/case/policy-shape.ts';
import { referralObstacles, referralPossibleFrom } from '../../domain/case/rules.ts';
import { ladderOf } from '../../domain/office-policy.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { effectLines, effectsOf } from '../../domain/policy-effects.ts';
import { readPolicy } from '../../policies/load.ts';
import { policyDifferences, policyHash } from '../../policies/versions.ts';
import { atThirdNotice, PaperCase, ROE53 } from '../support/paper-case.ts';

const TEXT = readFileSync(path.join(import.meta.dirname, '..', '..', 'policies', 'roe53.yaml'), 'utf8');

function read(text: string) {
  const reading = readPolicy(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  return reading;
}

function version2(...changes: [string, string][]): LadderPolicy {
  let text = TEXT.replace("version: '1'", "version: '2'");
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  const ladder = ladderOf(read(text).policy);
  if (!ladder) throw new Error('no ladder');
  return ladder;
}

/** Every place in a policy that holds a plain value. */
function leaves(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [at];
  return Object.entries(value).flatMap(([key, one]) =>
    leaves(one, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

function replaced(value: unknown, at: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, i) => (i === key ? replaced(one, rest, by) : (one as unknown)));
  const before = value as Record<string, unknown>;
  return { ...before, [key]: replaced(before[key], rest, by) };
}

describe('a case adopts only a policy it can compute with', () => {
  it('the office’s own is one', () => {
    expect(policyFault(ROE53)).toBeNull();
    expect(policyFault(JSON.parse(JSON.stringify(ROE53)))).toBeNull();
  });

  it('every field of it is looked at: nonsense in any is named', () => {
    for (const at of leaves(ROE53)) {
      for (const nonsense of [{}, [], 'x'.repeat(5_000), Number.NaN, -1_000_000]) {
        // A flag left out is the one thing that may be missing.
        const fault = policyFault(replaced(ROE53, at, nonsense));
        expect(fault, `${at.join('.')} = ${JSON.stringify(nonsense).slice(0, 20)}`).not.toBeNull();
      }
    }
  });

  it('every section but the newer ones must be there', () => {
    const newer = ['progress', 'contacts', 'corrections', 'holds', 'court', 'compulsoryAge', 'returnedMail'];
    for (const key of Object.keys(ROE53)) {
      const { [key as keyof LadderPolicy]: _, ...without } = ROE53;
      expect(policyFault(without) === null, key).toBe(newer.includes(key));
    }
  });

  it('lists are bounded: no year without an office day', () => {
    const holidays = Array.from({ length: 400 }, (_, i) => ({ name: `h${i}`, fixed: '01-01' }));
    expect(policyFault({ ...ROE53, holidays })).toBe('holidays');
  });

  it('anything at all is answered, and what is no policy is refused', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(policyFault(value)).not.toBeNull();
      }),
    );
  });
});

describe('versions as files', () => {
  it('comments, layout and order make no other version; a number does', () => {
    const same = TEXT.replace(/^ *#.*$/gm, '').replace('title:', '# once more\ntitle:');
    expect(policyHash(same)).toBe(policyHash(TEXT));
    expect(policyHash(TEXT.replace('schoolDaysBetween: 7', 'schoolDaysBetween: 8'))).not.toBe(
      policyHash(TEXT),
    );
  });

  it('differences are named field by field, kinds by their code', () => {
    const other = read(
      TEXT.replace("version: '1'", "version: '2'")
        .replace('schoolDaysBetween: 7', 'schoolDaysBetween: 10')
        .replace(
          '{ code: home-visit, label: home visit }',
          '{ code: porch-visit, label: visit at the door }',
        ),
    ).file;
    expect(policyDifferences(read(TEXT).file, other)).toEqual([
      { field: 'version', from: '1', to: '2' },
      {
        field: 'interventions.kinds.home-visit',
        from: { code: 'home-visit', label: 'home visit' },
        to: null,
      },
      {
        field: 'interventions.kinds.porch-visit',
        from: null,
        to: { code: 'porch-visit', label: 'visit at the door' },
      },
      { field: 'referrals.schoolDaysBetween', from: 7, to: 10 },
    ]);
    expect(policyDifferences(other, other)).toEqual([]);
  });
});

describe('what a version would change for one case', () => {
  const referred = () => {
    const one = new PaperCase('2025-01-13', ['2024-11-05', '2025-01-08']);
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.refer('2025-01-14');
    one.out('first-notice', '2025-01-15');
    return one;
  };

  it('nothing where only the version’s number differs', () => {
    const one = referred();
    expect(effectsOf(one.state, version2(), one.cal)).toBeNull();
  });

  it('ten school days instead of seven: the date moves, nothing else does', () => {
    const one = referred();
    const effects = effectsOf(
      one.state,
      version2(['schoolDaysBetween: 7', 'schoolDaysBetween: 10']),
      one.cal,
    );
    expect(effects?.deadlines).toEqual([{ kind: 'referral-possible', from: '2025-01-24', to: '2025-01-29' }]);
    expect(effects).toMatchObject({
      obstacles: null,
      count: null,
      threshold: null,
      words: null,
      signers: [],
    });
    expect(effectLines(effects!)).toEqual(['next referral possible: Fri 24 Jan 2025 → Wed 29 Jan 2025']);
  });

  it('a lower threshold is reached, and the hearing becomes possible', () => {
    const one = atThirdNotice(['2024-11-05', '2024-11-12']);
    one.attendance('2025-02-11', ['2025-02-11']);
    const effects = effectsOf(
      one.state,
      version2(['hearingThresholdDays: 9', 'hearingThresholdDays: 5']),
      one.cal,
    );
    expect(effects).toMatchObject({
      threshold: 'reached',
      obstacles: { step: 'hearing', appear: [], vanish: [{ code: 'HEARING_UNDER_THRESHOLD' }] },
      actionBy: { from: 'school', to: 'regional-superintendent' },
    });
  });

  it('a threshold raised above the count is lost by the policy, not by a correction', () => {
    const one = atThirdNotice([
      '2024-11-05',
      '2024-11-12',
      '2024-11-19',
      '2024-11-20',
      '2024-11-21',
      '2024-12-03',
    ]);
    expect(one.state.atThreshold).toBe(true);
    const policy = version2(['hearingThresholdDays: 9', 'hearingThresholdDays: 12']);
    expect(effectsOf(one.state, policy, one.cal)).toMatchObject({ threshold: 'lost' });
    one.do('2025-02-11', { type: 'adopt-policy', policy, reason: 'board decision' });
    expect(one.entries.find((entry) => entry.type === 'threshold-lost')).toMatchObject({
      because: 'policy',
      count: 9,
    });
  });

  it('more interventions than before are asked for in the same words, with another number', () => {
    const one = referred();
    const effects = effectsOf(one.state, version2(['perReferral: 3', 'perReferral: 4']), one.cal);
    expect(effects?.obstacles).toMatchObject({
      appear: [],
      vanish: [],
      differ: [{ from: { details: { missing: 3 } }, to: { details: { missing: 4 } } }],
    });
    expect(effectLines(effects!)).toEqual([expect.stringContaining('4 are missing')]);
  });

  it('four interventions instead of three stand newly in the way; another signer signs what is still to come', () => {
    const one = referred();
    one.interventions('2025-01-21');
    one.attendance('2025-01-27', ['2025-01-27']);
    const effects = effectsOf(
      one.state,
      version2(
        ['perReferral: 3', 'perReferral: 4'],
        [
          'first-notice: { role: assistant-regional-superintendent, title: Assistant Regional Superintendent }',
          'first-notice: { role: regional-superintendent, title: Regional Superintendent }',
        ],
        [
          'third-notice: { role: assistant-regional-superintendent, title: Assistant Regional Superintendent }',
          'third-notice: { role: regional-superintendent, title: Regional Superintendent }',
        ],
      ),
      one.cal,
    );
    expect(effects?.obstacles).toMatchObject({
      step: 'referral',
      appear: [{ code: 'INTERVENTIONS_MISSING' }],
    });
    expect(effects?.signers.map((one) => one.letter)).toEqual(['third-notice']);
  });

  it('categories it counts newly come with their days', () => {
    const one = referred();
    const policy = version2(['countedCategories: [unexcused]', 'countedCategories: [unexcused, unknown]']);
    const days = [...one.state.days, { date: '2024-12-03', fraction: 1, code: '?', school: 'NORTH-HS' }];
    expect(effectsOf(one.state, policy, one.cal, days)?.count).toEqual({ from: 3, to: 4 });
  });

  it('what is said beforehand is what adopting it does', () => {
    const one = referred();
    const policy = version2(
      ['schoolDaysBetween: 7', 'schoolDaysBetween: 12'],
      ['cleanSchoolDays: 45', 'cleanSchoolDays: 40'],
    );
    const said = effectsOf(one.state, policy, one.cal)!.deadlines;
    const before = deadlines(one.state, one.cal);
    const answer = one.do('2025-01-15', { type: 'adopt-policy', policy, reason: 'board decision' });
    expect(answer).toHaveProperty('done');
    const after = new Map(deadlines(one.state, one.cal).map(({ kind, date }) => [kind, date]));
    expect(said.map(({ kind }) => kind).sort()).toEqual(['quiet-close', 'referral-possible']);
    for (const { kind, from, to } of said) {
      expect(before.find((deadline) => deadline.kind === kind)?.date).toBe(from);
      expect(after.get(kind)).toBe(to);
    }
    expect(one.types()).toContain('policy-adopted');
    expect(referralPossibleFrom(one.state, one.cal)).toBe(
      said.find((x) => x.kind === 'referral-possible')?.to,
    );
    expect(referralObstacles(one.state, '2025-01-27', one.cal).map((x) => x.code)).toContain(
      'REFERRAL_TOO_EARLY',
    );
    // The same again is no other version.
    expect(one.do('2025-01-16', { type: 'adopt-policy', policy, reason: 'again' })).toMatchObject({
      code: 'POLICY_UNCHANGED',
    });
  });
});
