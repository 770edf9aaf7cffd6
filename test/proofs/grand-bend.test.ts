/**
 * The whole year of the Ed-Fi sample district through the real stack (minutes; `npm run proof:year`): as rehearsed on
 * every student, step and date; every count recounted by SQL; each letter once.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultsOf, wholeDemo } from '../support/whole-demo.ts';

const DATA = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'edfi');
const SAMPLE = path.join(DATA, 'grand-bend-v5.2');

const AS_LIVED = path.join(import.meta.dirname, '..', 'support', 'scripts', 'grand-bend-as-lived.yaml');

describe.skipIf(!existsSync(SAMPLE))('Grand Bend 2021-22', () => {
  it.each([
    ['as the file has it', undefined],
    ['with late notes, closures, holds and transfers', AS_LIVED],
  ])(
    '%s, is lived through as rehearsed, though the worker is killed in the middle',
    { timeout: 3_000_000 },
    async (_how, script) => {
      let day = 0;
      const { report, explained, recounted, lived } = await wholeDemo(
        {
          attendance: [path.join(SAMPLE, 'StudentSchoolAttendance.xml')],
          calendars: [path.join(DATA, 'grand-bend-calendar-2021-22.ics')],
          students: path.join(SAMPLE, 'Student.xml'),
          contacts: path.join(SAMPLE, 'Contact.xml'),
          schools: path.join(SAMPLE, 'EducationOrganization.xml'),
          script,
        },
        {
          onDay: (_date, { services }) => {
            day += 1;
            if (day % 20 === 0) console.log(`day ${day}`);
            if (day === 90) services.worker.kill9();
          },
        },
      );
      for (const check of report.checks)
        console.log(`${check.held ? 'held' : 'FAILED'}  ${check.name}: ${check.found}`);
      console.log(lived);
      expect(faultsOf(report)).toEqual([]);
      expect(explained).toEqual(recounted);
      const days = [...recounted.values()];
      // Of the 96 who ever had a day that counts, two have every one of them excused by the late notes.
      expect(days.filter((one) => one > 0)).toHaveLength(script === undefined ? 96 : 94);
      if (script !== undefined) {
        // Of each kind some, or the script has not done what it says. One of the four who move has no open case that day.
        expect(lived).toMatchObject({ transfers: 4, casesTransferred: 3 });
        for (const one of ['corrections', 'calendarChanges', 'deadlinesMoved', 'holds'] as const)
          expect(lived[one], one).toBeGreaterThan(3);
      }
      if (script === undefined) expect(days.filter((one) => one >= 9)).toHaveLength(40);
    },
  );
});
