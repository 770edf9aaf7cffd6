import { defineConfig } from 'vitest/config';

/** Proofs that take minutes: npm scripts of their own, not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/proofs/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    hookTimeout: 600_000,
    disableConsoleIntercept: true,
  },
});
