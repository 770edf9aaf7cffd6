import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRecipients, type Addressee, type Guardian } from '../../domain/recipients.ts';

const HOME = { lines: ['3 Home Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
const OTHER = { ...HOME, lines: ['9 Other Street'] };
const CHILD = { birthDate: '2011-03-02' };
const ON = '2025-10-15';

let next = 0;
function adult(more: Partial<Guardian> = {}): Guardian {
  next += 1;
  return {
    id: next,
    names: { first: 'Test', last: `Adult ${next}` },
    relation: 'mother',
    legalRecipient: 'assumed',
    livesWith: true,
    noContact: false,
    language: 'en',
    email: `a${next}@example.org`,
    address: HOME,
    ...more,
  };
}

function letters(
  guardians: readonly Guardian[],
  channel?: Parameters<typeof chooseRecipients>[3],
): Addressee[] {
  const found = chooseRecipients(CHILD, guardians, ON, channel);
  return found.ok ? [...found.addressees] : [];
}
const inShort = (found: readonly Addressee[]) =>
  found.map((one) => [one.channel, one.guardianIds, one.named] as const);

describe('one home', () => {
  it('with two mailboxes: one letter to both by name, a message to each', () => {
    const [mother, father] = [adult(), adult({ relation: 'father' })];
    const both = [mother.id, father.id];
    expect(inShort(letters([mother, father]))).toEqual([
      ['email', [mother.id], both],
      ['email', [father.id], both],
    ]);
  });

  it('is one however its address was typed: blanks, capitals, an empty line, four more digits', () => {
    const { lines, postalCode } = HOME;
    const typed = {
      ...HOME,
      lines: [...lines.map((line) => ` ${line.toUpperCase()}  `), ''],
      postalCode: `${postalCode}-1234`,
    };
    const [mother, father] = [adult({ email: null }), adult({ email: null, address: typed })];
    const both = [mother.id, father.id];
    expect(inShort(letters([mother, father]))).toEqual([['print', both, both]]);
  });

  it('with one mailbox for both: one message', () => {
    const [mother, father] = [adult({ email: 'home@example.org' }), adult({ email: 'Home@Example.org' })];
    const both = [mother.id, father.id];
    expect(inShort(letters([mother, father]))).toEqual([['email', both, both]]);
  });

  it('with one mailbox: who has none gets the same letter in print, and depends on nobody', () => {
    const [mother, father] = [adult(), adult({ email: null })];
    const both = [mother.id, father.id];
    expect(inShort(letters([mother, father]))).toEqual([
      ['email', [mother.id], both],
      ['print', [father.id], both],
    ]);
  });

  it('without any: one print to both', () => {
    const [mother, father] = [adult({ email: null }), adult({ email: null })];
    const both = [mother.id, father.id];
    expect(inShort(letters([mother, father]))).toEqual([['print', both, both]]);
  });

  it('with two languages: a letter in each', () => {
    const [mother, father] = [adult({ language: 'es' }), adult()];
    expect(letters([mother, father]).map((one) => [one.language, one.named])).toEqual([
      ['es', [mother.id]],
      ['en', [father.id]],
    ]);
  });

  it('under a no-contact order for one: the other’s letter does not name them', () => {
    const [mother, father] = [adult(), adult({ noContact: true })];
    expect(letters([mother, father]).map((one) => one.named)).toEqual([[mother.id]]);
  });
});

describe('two homes', () => {
  it('two letters, each naming its own', () => {
    const [mother, father] = [adult(), adult({ address: OTHER })];
    expect(letters([mother, father]).map((one) => one.named)).toEqual([[mother.id], [father.id]]);
  });

  it('mailboxes without a postal address are homes of their own', () => {
    const [mother, father] = [adult({ address: null }), adult({ address: null })];
    expect(letters([mother, father]).map((one) => one.named)).toEqual([[mother.id], [father.id]]);
  });
});

describe('the office’s channel', () => {
  it('both: one print along with the first e-mail of a home, and none where somebody gets print anyway', () => {
    expect(letters([adult(), adult()], 'both').map((one) => one.alsoPrint)).toEqual([true, false]);
    expect(letters([adult(), adult({ email: null })], 'both').map((one) => one.alsoPrint)).toEqual([
      false,
      false,
    ]);
    expect(letters([adult({ address: null })], 'both').map((one) => one.alsoPrint)).toEqual([false]);
  });

  it('print: e-mail only where nothing can be posted', () => {
    expect(letters([adult(), adult()], 'print').map((one) => one.channel)).toEqual(['print']);
    expect(letters([adult({ address: null })], 'print').map((one) => one.channel)).toEqual(['email']);
  });
});

describe('a ward', () => {
  it('the agency gets the letter; a parent only where the records say so', () => {
    const agency = adult({ relation: 'agency', address: OTHER });
    const [mother, father] = [adult(), adult({ legalRecipient: 'yes' })];
    const found = chooseRecipients(CHILD, [mother, agency, father], ON);
    expect(found).toMatchObject({
      ok: true,
      addressees: [
        { kind: 'agency', named: [agency.id] },
        { kind: 'guardian', named: [father.id] },
      ],
      leftOut: [{ guardianId: mother.id, reason: 'ward-of-an-agency' }],
    });
  });

  it('whose agency cannot be reached: nobody in its place', () => {
    const agency = adult({ relation: 'Agency (DCFS)', email: null, address: null });
    expect(chooseRecipients(CHILD, [adult(), agency], ON)).toMatchObject({ ok: false, code: 'NO_ADDRESS' });
  });
});

describe('a student of 18', () => {
  it('gets the letter where they live, never by way of an adult they must not meet', () => {
    const found = chooseRecipients(
      { birthDate: '2007-10-15' },
      [adult({ noContact: true }), adult({ address: OTHER })],
      ON,
    );
    expect(found).toMatchObject({ ok: true, addressees: [{ key: 'student', address: OTHER, named: [] }] });
  });
});

it('whatever the family: nobody barred is named, nobody reached twice, nobody reachable left out', () => {
  const someone = fc.record({
    relation: fc.constantFrom('mother', 'father', 'agency', 'aunt'),
    legalRecipient: fc.constantFrom('yes', 'no', 'assumed' as const),
    noContact: fc.boolean(),
    language: fc.constantFrom('en', 'es', 'vi'),
    email: fc.constantFrom('x@example.org', 'y@example.org', null),
    address: fc.constantFrom(HOME, OTHER, null),
  });
  fc.assert(
    fc.property(
      fc.array(someone, { maxLength: 5 }),
      fc.constantFrom('email-else-print', 'both', 'print' as const),
      (drawn, channel) => {
        const guardians = drawn.map((one) => adult(one as Partial<Guardian>));
        const found = letters(guardians, channel);
        const byId = new Map(guardians.map((one) => [one.id, one]));
        const named = found.flatMap((one) => one.named);
        for (const id of named) {
          expect(byId.get(id)?.noContact).toBe(false);
          expect(byId.get(id)?.legalRecipient).not.toBe('no');
        }
        const reached = found.flatMap((one) => one.guardianIds);
        expect(new Set(reached).size).toBe(reached.length);
        expect([...new Set(named)].sort()).toEqual([...reached].sort());
        for (const one of found) {
          expect(one.channel === 'email' ? one.email : one.address).not.toBeNull();
          for (const id of one.named) expect(byId.get(id)?.language).toBe(one.language);
        }
        const ward = guardians.some((one) => one.relation === 'agency' && one.legalRecipient !== 'no');
        const reachable = guardians.filter(
          (one) =>
            !one.noContact &&
            one.legalRecipient !== 'no' &&
            (!ward || one.relation === 'agency' || one.legalRecipient === 'yes') &&
            (one.email !== null || one.address !== null),
        );
        expect(reached.length).toBe(reachable.length);
      },
    ),
  );
});
