/** What a running stack writes down for `status` and `down`. Closed to other accounts: it holds the database's password. */
import type { Identity } from './process-identity.mjs';

export interface StackFile extends Identity {
  readonly home: string;
  readonly startedAt: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly uiUrl: string | undefined;
    readonly origin: string;
  };
  readonly postgres: { readonly url: string; readonly origin: string };
  readonly mail: { readonly smtpUrl: string; readonly inboxUrl: string | undefined };
  readonly api?: { readonly url: string };
  readonly worker?: { readonly started: true };
}
