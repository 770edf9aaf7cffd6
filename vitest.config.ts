import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files last longest, which begin first: nothing long is left for the end, when one core would wait. */
const LONGEST = ['demo', 'cli', 'stack', 'workflows', 'activities', 'api'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((folder) => moduleId.includes(`/test/${folder}/`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Files that work on values alone: no records, no servers, nothing that one could leave behind for the next. */
const PURE = ['test/domain/**/*.test.ts', 'test/templates/**/*.test.ts', 'test/imports/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // What is waited for comes when the machine gets to it.
    expect: { poll: { timeout: 20_000, interval: 50 } },
    // One more than cores: a file with a whole office in it waits for timers and polls for a third of its time.
    maxWorkers: 3,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'office',
          include: ['test/**/*.test.ts'],
          exclude: ['test/proofs/**', ...PURE],
          globalSetup: ['test/support/shared-postgres.ts'],
        },
      },
      // The same modules are read once for many files.
      { extends: true, test: { name: 'rules', include: PURE, isolate: false } },
    ],
  },
});
