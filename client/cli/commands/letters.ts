/** `notice release`, `correct`, `withdraw`, `stand`: what a person decides about a letter of a case, a monitor or a call. */
import type { Command } from 'commander';
import { decideHeldLetter, isOfDepartment } from '../department-leaving.ts';
import { askFirst, decide, letterOf, type OfCase } from '../leaving.ts';
import { idOf, noun, verb, withCase, withId, withYes, type Doing } from '../verb.ts';

interface LetterOptions extends OfCase {
  readonly letter: string;
  readonly reason: string;
}

/** What a person decides about a letter of a case: one that waits, or one whose facts a correction has changed. */
export function register(program: Command): void {
  const notice = noun(program, 'notice', 'Letters to families, and to the State’s Attorney.');
  const options = (c: Command) =>
    withId(withCase(c))
      .requiredOption('--letter <kind[/number]>', 'e.g. first-notice, or first-notice/2')
      .requiredOption('--reason <text>', 'why, in a sentence');
  const decides = (
    name: string,
    description: string,
    reason: string,
    run: (options: LetterOptions, doing: Doing) => Promise<void>,
    more = options,
  ) => {
    const example = `notice ${name} --case C-000017 --letter first-notice --reason "${reason}"`;
    verb<LetterOptions>(notice, { name, description, example, options: more, run });
  };
  const asking = (c: Command) => withYes(options(c));
  decides(
    'release',
    'Let a letter that waits for a person, or was held back, leave.',
    'the hold is over',
    async (given, doing) => {
      if (isOfDepartment(given.case)) return decideHeldLetter(doing, given, 'release');
      const which = letterOf(given.letter);
      await askFirst(doing.api, doing.out, given, 'release', given.yes, { letter: which.letter });
      await decide(doing, given.case, 'letters/release', {
        ...{ id: idOf(given), reason: given.reason },
        ...which,
      });
    },
    asking,
  );
  const settle =
    (how: 'correction' | 'withdrawal' | 'stands') => async (given: LetterOptions, doing: Doing) => {
      if (how === 'withdrawal' && isOfDepartment(given.case)) {
        return decideHeldLetter(doing, given, 'withdraw');
      }
      if (how !== 'stands') await askFirst(doing.api, doing.out, given, how, given.yes);
      await decide(doing, given.case, 'letters/settle', {
        ...{ id: idOf(given), reason: given.reason, how },
        ...letterOf(given.letter),
      });
    };
  decides(
    'correct',
    'Send a correction: days the letter states no longer count.',
    '2 October was excused',
    settle('correction'),
    asking,
  );
  decides(
    'withdraw',
    'Take a letter and its step back: stopped in the house, by a letter after it has left.',
    'the absences were excused',
    settle('withdrawal'),
    asking,
  );
  decides(
    'stand',
    'The letter stands in spite of the correction.',
    'five other days count',
    settle('stands'),
  );
}
