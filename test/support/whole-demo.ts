/** A demo run to its end, its counts asked of the API for every student and counted again by SQL before it stops. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApi } from '../../client/demo/api-client.ts';
import { loadDataset, type DatasetFiles } from '../../client/demo/dataset.ts';
import { runDemo, type DemoOptions, type DemoReport, type Running } from '../../client/demo/demo.ts';
import { livedThrough, type LivedThrough } from './lived-through.ts';
import { ROE53 } from './paper-case.ts';
import { recountBySql } from './recount.ts';

export interface DemoOutcome {
  readonly report: DemoReport;
  /** What the API explains, by student. */
  readonly explained: ReadonlyMap<string, number>;
  /** What SQL finds. */
  readonly recounted: ReadonlyMap<string, number>;
  /** What happened in it. */
  readonly lived: LivedThrough;
}

export async function wholeDemo(files: DatasetFiles, more: Partial<DemoOptions> = {}): Promise<DemoOutcome> {
  const home = mkdtempSync(path.join(tmpdir(), 'truancy-demo-'));
  let running: Running | undefined;
  try {
    const { report, stop } = await runDemo({
      home,
      policy: ROE53,
      dataset: await loadDataset(files, ROE53),
      speedMs: 0,
      say: () => undefined,
      ...more,
      onDay: (date, now) => {
        running = now;
        return more.onDay?.(date, now);
      },
    });
    try {
      const recounted = await recountBySql(running!.stack.postgres.url, report.to);
      const api = createApi({
        url: report.addresses.api,
        key: readFileSync(report.addresses.keyFile, 'utf8').trim(),
      });
      const explained = new Map<string, number>();
      for (const student of recounted.keys()) {
        const { count } = await api.get<{ count: { unexcusedDays: number } }>(
          `/v1/attendance/explain?student=${student}&asOf=${report.to}`,
        );
        explained.set(student, count.unexcusedDays);
      }
      return { report, explained, recounted, lived: await livedThrough(running!.stack.postgres.url) };
    } finally {
      await stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export function faultsOf(report: DemoReport): string[] {
  return report.checks.flatMap((check) => check.faults.map((fault) => `${check.name}: ${fault}`));
}
