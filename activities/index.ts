/** Every activity of a worker, with what it needs given once. */
import { createCallActivities } from './call-activities.ts';
import { createCallMessageActivities } from './call-message-activities.ts';
import { createCaseActivities } from './case-activities.ts';
import { createCaseloadActivities } from './caseload-activities.ts';
import { createDeliveryActivities, type DeliveryDeps } from './delivery-activities.ts';
import { createMonitorActivities } from './monitor-activities.ts';
import { createMorningActivities } from './morning-activities.ts';

export type ActivityDeps = DeliveryDeps;

export function createActivities(deps: ActivityDeps) {
  return {
    ...createCallActivities(deps),
    ...createCallMessageActivities(deps),
    ...createCaseActivities(deps),
    ...createCaseloadActivities(deps),
    ...createDeliveryActivities(deps),
    ...createMonitorActivities(deps),
    ...createMorningActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
