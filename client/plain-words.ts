/** What a schema finds wrong, in words for people: set once, where a program begins. */
import { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
  date: 'a date',
};

/** The library's own sentences ("Invalid input: expected array, received undefined") tell a clerk nothing. */
export function speakPlainly(): void {
  z.config({
    customError: (issue) => {
      switch (issue.code) {
        case 'invalid_type':
          if (issue.input === undefined) return 'is missing';
          return `must be ${KINDS[issue.expected] ?? issue.expected}`;
        case 'invalid_value':
          if (issue.input === undefined) return 'is missing';
          return `must be one of: ${issue.values.map(String).join(', ')}`;
        case 'unrecognized_keys':
          return `nothing is known by the name of ${issue.keys.map((key) => key.slice(0, 40)).join(', ')}; take it out or spell it differently`;
        case 'invalid_format':
          return issue.format === 'datetime'
            ? 'is no instant; write it like 2026-06-30T00:00:00Z'
            : issue.format === 'url'
              ? 'is no web address'
              : undefined;
        case 'too_big':
          return `is too ${issue.origin === 'string' ? 'long' : 'large'}: at most ${String(issue.maximum)}${UNITS[issue.origin] ?? ''}`;
        case 'too_small':
          return issue.input === '' || (Array.isArray(issue.input) && issue.input.length === 0)
            ? 'must not be empty'
            : `is too ${issue.origin === 'string' ? 'short' : 'small'}: at least ${String(issue.minimum)}${UNITS[issue.origin] ?? ''}`;
        default:
          return undefined;
      }
    },
  });
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };
