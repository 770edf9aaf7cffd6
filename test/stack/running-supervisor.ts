/** A program that starts a stack and keeps it, for tests that kill it: node --import tsx running-supervisor.ts HOME */
import { startStack } from '../../stack/stack.ts';

const stack = await startStack({
  home: process.argv[2] ?? '',
  own: true,
  ui: false,
  searchAttributes: { Stage: 'Keyword' },
  progress: () => undefined,
});
process.stdout.write(
  `${JSON.stringify({
    temporal: stack.temporal.pid(),
    postgres: stack.postgres.pid(),
    address: stack.temporal.address,
    url: stack.postgres.url,
  })}\n`,
);
