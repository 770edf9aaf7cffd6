/** Ports on loopback: the usual ones where they are free, others where not. */
import getPort from 'get-port';

export const LOOPBACK = '127.0.0.1';

/** The ports people know. */
export const USUAL_PORTS = {
  temporal: 7233,
  temporalUi: 8233,
  postgres: 5432,
  smtp: 1025,
  inbox: 8025,
  api: 8470,
} as const;

/** A free port: the usual one if asked for and free. */
export function freePort(usual: number | undefined): Promise<number> {
  return getPort({ host: LOOPBACK, ...(usual === undefined ? {} : { port: usual }) });
}
