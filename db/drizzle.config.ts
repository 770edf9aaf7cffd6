/** For `npm run db:generate`: writes the SQL that leads from the last migration to the schema as it stands. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './db/schema/index.ts',
  out: './db/migrations',
});
