/** Rehearsals for tests: the example or real files, with a script of one's own and rows changed on the way in. */
import { rehearse, type RehearsalInput, type RehearsedCase } from '../../domain/rehearsal.ts';
import { cutFeed } from '../../domain/feed.ts';
import type { Script } from '../../domain/script.ts';
import { loadPolicy } from '../../policies/load.ts';
import {
  changedCalendars,
  classified,
  loadDataset,
  rehearsalInput,
  schoolDaysOf,
  transferred,
  type Dataset,
  type DatasetFiles,
  type SourceRow,
} from '../../client/demo/dataset.ts';

export const { policy: ROE53 } = await loadPolicy('roe53');

export const EXAMPLE: DatasetFiles = { attendance: [], calendars: [] };

const DATA = '../shared/data/edfi';
/** The Ed-Fi sample; skip where the folder is absent. */
export const GRAND_BEND: DatasetFiles = {
  attendance: [`${DATA}/grand-bend-v5.2/StudentSchoolAttendance.xml`],
  calendars: [`${DATA}/grand-bend-calendar-2021-22.ics`],
  students: `${DATA}/grand-bend-v5.2/Student.xml`,
  contacts: `${DATA}/grand-bend-v5.2/Contact.xml`,
  schools: `${DATA}/grand-bend-v5.2/EducationOrganization.xml`,
};

export interface Changes {
  readonly script?: (script: Script) => Script;
  readonly keepRow?: (row: SourceRow) => boolean;
}

export interface Rehearsal {
  readonly dataset: Dataset;
  readonly input: RehearsalInput;
  readonly cases: readonly RehearsedCase[];
}

/** As `truancy rehearse` does it, with the script or the rows changed. */
export async function rehearsed(files: DatasetFiles, changes: Changes = {}): Promise<Rehearsal> {
  const loaded = await loadDataset(files, ROE53);
  const script = changes.script?.(loaded.script) ?? loaded.script;
  const rows = [...loaded.history, ...loaded.feed].flatMap((delivery) => delivery.rows);
  const calendars = changedCalendars(loaded.calendars, script, () => true);
  const deliveries = cutFeed(
    transferred(rows, script).filter((row) => changes.keepRow?.(row) ?? true),
    schoolDaysOf(calendars.values()),
    script.feed.stops,
  );
  const dataset: Dataset = {
    ...loaded,
    script,
    history: deliveries.filter((one) => one.date < loaded.from),
    feed: deliveries.filter((one) => one.date >= loaded.from && one.date <= loaded.to),
  };
  const input = { ...rehearsalInput(dataset, ROE53), feed: dataset.feed.map(classified) };
  return { dataset, input, cases: rehearse(input) };
}
