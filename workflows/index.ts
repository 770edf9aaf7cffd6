/** Every workflow a worker of this project runs. */
export { callMessage } from './call-message.ts';
export { caseload } from './caseload.ts';
export { monitorContract } from './monitor-contract.ts';
export { noticeDelivery } from './notice-delivery.ts';
export { officeMorning } from './office-morning.ts';
export { serviceCall } from './service-call.ts';
export { truancyCase } from './truancy-case.ts';
