/** Tables that end with a sentence keep to 80 columns, and the sentence keeps what is acted on. */
import { describe, expect, it } from 'vitest';
import { nextInShort } from '../../client/cli/board-text.ts';
import { tableWithSentence } from '../../client/cli/frame.ts';

describe('a table whose last column is a sentence', () => {
  it('is cut to 80 columns, whatever the others hold', () => {
    const row = [
      'S-000001',
      '1',
      'address-verification',
      'LARKFIELD-',
      'O-0002',
      'Nobody has it. '.repeat(9),
    ];
    const lines = tableWithSentence(['Call', 'P', 'Kind', 'School', 'Officer', 'Next'], [row]).split('\n');
    expect(lines.map((line) => line.length <= 80)).toEqual([true, true]);
    expect(lines[1]).toMatch(/S-000001 .*LARKFIELD- .*Nobody has it.*…$/);
  });

  it('says first whom it is about', () => {
    expect(nextInShort('Offered to officer O-0001, who has to answer.')).toBe(
      'Offered to O-0001, who has to answer.',
    );
    expect(nextInShort('Next: "Log action".')).toBe('"Log action".');
  });
});
