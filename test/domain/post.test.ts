/** The post: numbers on labels, the order of a batch, what a returned letter means. */
import { describe, expect, it } from 'vitest';
import { articleNumberFault, nextArticleNumber, spelledArticleNumber } from '../../domain/certified-mail.ts';
import { addressKey } from '../../domain/addresses.ts';
import { afterReturn, proofRefusal, standingProof } from '../../domain/mail-proof.ts';
import { labelEnvelopes, planBatch, type PrintToPost } from '../../domain/print-batch.ts';
import { csvText } from '../../client/csv.ts';
import { NAMES } from '../support/hostile-names.ts';
import { readTracking } from '../../imports/mail-tracking.ts';

const address = (street: string, postalCode: string) => ({
  ...{ lines: [street], city: 'Pekin', state: 'IL', postalCode },
});
const print = (
  key: string,
  toName: string,
  street: string,
  zip: string,
  kind = 'first-notice',
): PrintToPost => ({
  ...{ key, kind, toName, toAddress: address(street, zip) },
});

describe('certified numbers', () => {
  it.each(['7112 3456 7891 2345 6787', '0307 1790 0005 2348 3741', '91 2101 0521 2978 9436 8008'])(
    '%s is one',
    (number) => expect(articleNumberFault(number)).toBeNull(),
  );

  it.each([
    ['7112 3456 7891 2345 6788', 'mistyped'],
    ['7112 3456 7891 2345 678', '19 digits'],
    ['7112 3456 7891 2345 67O7', 'other than digits'],
    ['8800 1112 0108 0805 4830 16', '91 to 95'],
  ])('%s is none: %s', (number, why) => expect(articleNumberFault(number)).toContain(why));

  it('any one digit changed is noticed', () => {
    const good = '71123456789123456787';
    for (let i = 0; i < good.length; i += 1) {
      const other = String((Number(good[i]) + 1) % 10);
      expect(articleNumberFault(good.slice(0, i) + other + good.slice(i + 1))).not.toBeNull();
    }
  });

  it('the next label of a roll is a valid number, one further', () => {
    const next = nextArticleNumber('71123456789123456787');
    expect(spelledArticleNumber(next)).toMatch(/^7112 3456 7891 2345 679\d$/);
    expect(articleNumberFault(next)).toBeNull();
  });
});

describe('a batch of names that would do harm', () => {
  it.each(NAMES)('%s: siblings in one envelope, a namesake elsewhere in another', (_what, name) => {
    const planned = planBatch([
      print('a', name, '12 Court Street', '61550'),
      print('b', name, '12 Court Street', '61550'),
      print('c', name, '14 Court Street', '61550'),
      print('d', `${name} II`, '12 Court Street', '61550'),
    ]);
    expect(planned.map(({ letters }) => letters.map(({ key }) => key)).sort()).toEqual([
      ['a', 'b'],
      ['c'],
      ['d'],
    ]);
    expect(planned.map(({ toName }) => toName)).toContain(name);
  });

  it('no character of a name or street makes two homes one', () => {
    const planned = planBatch([
      print('a', 'nora/x', '12 court street', '61550'),
      print('b', 'x', '12 court street/nora', '61550'),
    ]);
    expect(planned.map(({ letters }) => letters.length)).toEqual([1, 1]);
  });
});

describe('a batch', () => {
  const prints = [
    print('c', 'Mara Testchild', '9 Elm Street', '61554'),
    print('a', 'Nora Testchild', '12 Court Street', '61550-0042', 'order'),
    print('b', 'nora  testchild', '12 court  street', '61550'),
    print('d', 'Omar Testchild', '12 Court Street', '61550'),
  ];

  it('is sorted by postal code, then address; siblings share an envelope and stay separate letters', () => {
    const planned = planBatch(prints).map(({ number, letters }) => [
      number,
      ...letters.map(({ key }) => key),
    ]);
    expect(planned).toEqual([
      [1, 'a', 'b'],
      [2, 'd'],
      [3, 'c'],
    ]);
    expect(planBatch([...prints].reverse()).map(({ letters }) => letters.map(({ key }) => key))).toEqual(
      planBatch(prints).map(({ letters }) => letters.map(({ key }) => key)),
    );
    expect(addressKey(address('12 Court Street', '61550-0042'))).toBe(
      addressKey(address(' 12  COURT Street', '61550')),
    );
  });

  it('labels go onto all envelopes, or onto those with certain letters', () => {
    const first = '71123456789123456787';
    expect([...labelEnvelopes(planBatch(prints), first, null).keys()]).toEqual([1, 2, 3]);
    expect([...labelEnvelopes(planBatch(prints), first, ['order'])]).toEqual([[1, first]]);
  });
});

describe('proof', () => {
  const posted = { status: 'posted', outOn: '2025-10-17' };

  it('is of a posted letter, not before its posting, not after today', () => {
    expect(proofRefusal(posted, { on: '2025-10-17' }, '2025-10-20')).toBeNull();
    expect(proofRefusal(posted, { on: '2025-10-16' }, '2025-10-20')?.code).toBe('PROOF_BEFORE_POSTING');
    expect(proofRefusal(posted, { on: '2025-10-21' }, '2025-10-20')?.code).toBe('DATE_IN_FUTURE');
    const queued = { status: 'queued', outOn: null };
    expect(proofRefusal(queued, { on: '2025-10-17' }, '2025-10-20')?.code).toBe('LETTER_NOT_POSTED');
  });

  it('of the latest day holds: delivered, then sent back by whoever lives there now', () => {
    const of = (outcome: 'delivered' | 'undeliverable', on: string) => ({ outcome, on, reference: null });
    const both = [of('undeliverable', '2025-10-24'), of('delivered', '2025-10-20')];
    expect(standingProof(both)?.outcome).toBe('undeliverable');
    expect(standingProof([])).toBeNull();
  });

  it('only undeliverable mail speaks against the address; whether somebody goes to look is the office’s policy', () => {
    const verify = { returnedMail: { marksAddress: true, asksAddressVerification: true } };
    expect(afterReturn('undeliverable', verify)).toEqual({
      ...{ marksAddress: true, asksCaseManager: true, asksVerification: true },
    });
    expect(afterReturn('unclaimed', verify)).toEqual({
      ...{ marksAddress: false, asksCaseManager: true, asksVerification: false },
    });
    expect(afterReturn('undeliverable', {})).toMatchObject({ marksAddress: true, asksVerification: false });
    expect(afterReturn('delivered', verify).asksCaseManager).toBe(false);
  });
});

describe('lists', () => {
  it('no cell of a manifest can run as a formula', () => {
    const text = csvText(
      ['name', 'street'],
      [
        ['=HYPERLINK("http://x")', ' +1 Main, "Annex"'],
        ['@x', 'Elm'],
      ],
    );
    expect(text.split('\r\n').slice(1, 3)).toEqual([
      `"'=HYPERLINK(""http://x"")","' +1 Main, ""Annex"""`,
      `'@x,Elm`,
    ]);
  });

  it('a carrier’s export is read line by line; what cannot be read is named with its line', async () => {
    const file = [
      'Tracking Number,Status,Date',
      '7112 3456 7891 2345 6787,"Delivered, Left with Individual",10/20/2025',
      '71123456789123456787,In Transit to Next Facility,10/19/2025',
      '0307 1790 0005 2348 3741,Return to Sender - Vacant,2025-10-21 09:12',
      '0307 1790 0005 2348 3742,Delivered,10/20/2025',
      '0307 1790 0005 2348 3741,gone,10/20/2025',
      '0307 1790 0005 2348 3741,Refused,20.10.2025',
      '',
    ].join('\n');
    async function* pieces() {
      yield file;
    }
    const read = await readTracking(pieces(), 'export.csv');
    expect(read.rows.map(({ line, outcome, on }) => [line, outcome, on])).toEqual([
      [2, 'delivered', '2025-10-20'],
      [4, 'undeliverable', '2025-10-21'],
    ]);
    expect(read.underWay).toBe(1);
    expect(read.faults.map(({ line, code }) => [line, code])).toEqual([
      [5, 'BAD_CERTIFIED_NUMBER'],
      [6, 'UNKNOWN_STATUS'],
      [7, 'BAD_DATE'],
    ]);
  });
});
