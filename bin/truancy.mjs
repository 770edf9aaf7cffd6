#!/usr/bin/env node
// The program runs from its TypeScript sources; tsx makes that work on every supported Node.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../client/cli/main.ts');
await main(process.argv);
