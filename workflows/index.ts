/** Every workflow a worker of this project runs. */
export { caseload } from './caseload.ts';
export { monitorContract } from './monitor-contract.ts';
export { noticeDelivery } from './notice-delivery.ts';
export { officeMorning } from './office-morning.ts';
export { truancyCase } from './truancy-case.ts';
