export * from './office.ts';
export * from './places.ts';
export * from './people.ts';
export * from './attendance.ts';
export * from './cases.ts';
export * from './messages.ts';
export * from './letters.ts';
export * from './work.ts';
