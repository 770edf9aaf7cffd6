/** Every activity of a worker, with what it needs given once. */
import { createCaseActivities } from './case-activities.ts';
import { createCaseloadActivities } from './caseload-activities.ts';
import { createDeliveryActivities, type DeliveryDeps } from './delivery-activities.ts';
import { createMonitorActivities } from './monitor-activities.ts';
import { createMorningActivities } from './morning-activities.ts';

export type ActivityDeps = DeliveryDeps;

export function createActivities(deps: ActivityDeps) {
  return {
    ...createCaseActivities(deps),
    ...createCaseloadActivities(deps),
    ...createDeliveryActivities(deps),
    ...createMonitorActivities(deps),
    ...createMorningActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
