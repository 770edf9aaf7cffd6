/** Mornings of an office as tests and kept histories tell them: on the time-skipping server, with real records and mail. */
import type { WorkflowHandle } from '@temporalio/client';
import { TASK_QUEUE } from '../../client/case-client.ts';
import { addCoverage } from '../../db/stores/coverage.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { addTask } from '../../db/stores/tasks.ts';
import {
  morningWorkflowId,
  OFFICE_MORNING,
  type MorningInput,
} from '../../workflows/office-morning.messages.ts';
import type { officeMorning } from '../../workflows/office-morning.ts';
import type { Harness } from './case-harness.ts';
import { addStudents, CLERK } from './office-records.ts';

export type Morning = WorkflowHandle<typeof officeMorning>;

export interface MorningStory {
  readonly name: string;
  /** The morning, begun. */
  tell(harness: Harness): Promise<Morning>;
}

async function begin(harness: Harness, date: string): Promise<Morning> {
  const input: MorningInput = { date };
  return harness.env.client.workflow.start<typeof officeMorning>(OFFICE_MORNING, {
    workflowId: morningWorkflowId(date),
    taskQueue: TASK_QUEUE,
    args: [input],
  });
}

export const MORNING_STORIES: readonly MorningStory[] = [
  {
    name: 'a-school-falls-silent-and-two-worklists-are-told',
    async tell(harness) {
      const { db } = harness;
      await addStudents(db, '9001');
      await db.transaction((tx) =>
        addCoverage(tx, 'NORTH-HS', '2025-01-06', '2025-01-16', { ...CLERK, source: 'test' }),
      );
      await updateOffice(db, { digests: true });
      return begin(harness, '2025-01-23');
    },
  },
  {
    name: 'the-mail-server-says-not-now-all-day',
    async tell(harness) {
      const { db } = harness;
      await updateOffice(db, { digests: true });
      await addTask(db, {
        ...{ key: 'story/1', kind: 'contact-family', role: 'school', school: 'NORTH-HS' },
        ...{ textCode: 'CONTACT_THE_FAMILY', caseNumber: 'C-009001', details: {}, createdOn: '2025-01-24' },
      });
      return begin(harness, '2025-01-24');
    },
  },
  {
    name: 'no-office-day',
    tell: (harness) => begin(harness, '2025-01-25'),
  },
];
