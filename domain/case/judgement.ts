/** What the judgement of a command comes to: a refusal, or the journal entries it makes. */
import type { Refusal } from '../refusal.ts';
import type { EntryBody } from './entries.ts';

export type Judgement =
  Refusal | { readonly bodies: readonly EntryBody[]; /** In a sentence. */ readonly done: string };
