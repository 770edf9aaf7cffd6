/** What `demo --office intervention` prints at its end. */
import type { DepartmentReport } from '../demo/department-demo.ts';
import { table } from './frame.ts';

export function departmentDemoText(report: DepartmentReport): string {
  const { addresses } = report;
  const marks: Readonly<Record<string, string>> = { done: 'done', waived: 'waived' };
  return [
    `The four rows of "When to call Truancy" by ${report.policy}: ${report.seconds} s.`,
    'What schools, police and officers did is invented and marked so.',
    '',
    table(
      ['Call', 'Kind', 'School', 'Outcome'],
      report.calls.map((one) => [one.callNumber, one.kind, one.school ?? '?', one.outcome ?? '–']),
    ),
    ...report.calls.flatMap((one) => [
      '',
      `${one.callNumber} ${one.kind}`,
      ...one.steps.map(
        (step) =>
          `  ${(marks[step.status] ?? step.status).padEnd(7)} ${step.step}${step.result === null ? '' : ` (${step.result})`}`,
      ),
      ...(one.look === null ? [] : [`  ${one.look}`]),
    ]),
    '',
    table(
      ['Refused at the door', 'Code'],
      report.refusals.map((one) => [one.what, one.code]),
    ),
    '',
    ...report.checks.flatMap((check) => [
      `${check.held ? 'held  ' : 'FAILED'} ${check.name}: ${check.found}`,
      ...check.faults.slice(0, 20).map((fault) => `         ${fault}`),
    ]),
    '',
    table(
      ['Look at', 'Where'],
      [
        ['Temporal Web UI', addresses.temporalUi ?? 'off'],
        ['Messages', addresses.inbox ?? '–'],
        ['API', addresses.docs],
        ['Key', `${addresses.keyFile} (truancy login)`],
        ['Data', `${addresses.home} (can be deleted)`],
      ],
    ),
  ].join('\n');
}
