import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/proofs/**'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Two cores: files that start a stack of their own must not crowd each other out.
    maxWorkers: 2,
    pool: 'forks',
  },
});
