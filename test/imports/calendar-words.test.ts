/** What a calendar's words mean for school days. The titles are of the kinds Illinois and Washington districts publish. */
import { describe, expect, it } from 'vitest';
import { classify } from '../../imports/calendar/classify.ts';
import type { EventClass, Wording } from '../../imports/calendar/classify.ts';
import type { CalendarEvent } from '../../imports/calendar/event.ts';

const closures: Wording = { mode: 'closures', explicit: false };

function event(summary: string, more: Partial<CalendarEvent> = {}): CalendarEvent {
  return { from: '2025-10-16', to: '2025-10-16', summary, labels: [], place: 'cal.ics:1', ...more };
}

function read(summary: string, more: Partial<CalendarEvent> = {}, wording: Wording = closures): EventClass {
  return classify(event(summary, more), wording).class;
}

const TITLES: Readonly<Record<Exclude<EventClass, 'make-up'> | 'make-up', readonly string[]>> = {
  closed: [
    'NO SCHOOL',
    'Labor Day - No School',
    'Labor Day (No School)',
    'No Classes',
    'No Students - Teacher Workday',
    'Non-Attendance Day',
    'Non-student day',
    'Schools Closed',
    'School closed for Election Day',
    'All District Schools and Offices Closed',
    'No School for Students',
    'No School (K-12)',
    'Parent/Teacher Conferences (12:00 PM - 7:00 PM) - NO SCHOOL',
    'SIP Day – NO SCHOOL',
    'Day Off for Students',
    'Labor Day',
    'Veterans Day',
    'Veteran’s Day',
    'Thanksgiving Break',
    'Thanksgiving',
    'Winter Recess',
    'Fall Recess',
    'Spring Break',
    'Spring Vacation',
    'M.L.K. Day',
    'Dr. Martin Luther King Jr. Day',
    "Presidents' Day",
    'Casimir Pulaski Day',
    'Juneteenth (Observed)',
    'School Holiday',
    'Teacher Institute',
    'Institute Day',
    'In-Service Day',
    'PD Day',
    'Professional Development Day',
    'Teacher Work Day',
    'Snow Day',
    'Emergency Day Used',
    'Winter Break Dec 22 - Jan 2',
    'End of 1st Semester (non-student day)',
    'Non-Student Attendance Day',
    'Full Day Teacher Institute - No Student Attendance',
    'Students not in attendance',
    'Teacher Planning Day (no students)',
    'Act of God Day',
    'Rev. Dr. Martin Luther King, Jr. Birthday',
  ],
  open: [
    'Early Dismissal',
    '1/2 Day SIP',
    '11:30 Dismissal',
    'Snow Day - E-Learning',
    'Pulaski Day - Attendance Day',
    'First Full Day (K-12)',
    'Early Release - Professional Development',
    'Half Day',
    'Half-day In-service',
    'Late Start Wednesday',
    'Late Arrival',
    'Delayed Opening (2 hours)',
    'E-Learning Day',
    'e‑Learning Election Day',
    'Remote Learning Day',
    'School Resumes',
    'Classes Resume after Winter Break',
    'Students return from Winter Break',
    'Day before Thanksgiving Break: Early Dismissal',
    'Schools close early',
    'Institute Day - students dismissed at 11:30',
    'Start of 2nd Semester',
    'Last day of school before Winter Break',
    'First Day of Second Semester',
    'First day of school after Winter Break',
    'Veterans Day - School in Session',
  ],
  info: [
    'Holiday Concert',
    'Last Day for Seniors',
    'Last day of classes for seniors',
    'Parent Institute Day',
    'Institute for the Arts',
    'Winter Break Begins - End of Day',
    'Offices Closed',
    'No PM Kindergarten',
    'Holiday Breakfast with Santa',
    'Breakfast Club',
    'Spring Break Camp',
    'Veterans Day Assembly',
    'No school nurse today',
    'No school board meeting',
    'Board Meeting',
    'End of First Quarter',
    'Picture Make-Up Day',
    'Parent/Teacher Conferences (4:30 PM - 8:00 PM)',
    'Evening Parent-Teacher Conferences',
    'District Office Closed',
    'Back to School Night',
    'Teacher Appreciation Day',
    'First Day of Spring',
    'First Day for Teachers',
    'Last Day of First Semester',
    'Last Day of School (if emergency days are used)',
    'Homecoming Dance',
    'Summer School - Session 1 Start',
    'Testing Day (Advanced Placement Exams)',
    'Operation Snowball Fundraiser',
  ],
  unsettled: [
    'Parent/Teacher Conferences',
    'No classes for seniors',
    'Parent-Teacher Conferences - No School PM',
    'Non Attendance Day - Elementary PT Conferences',
    'No School - Kindergarten only',
    'No School / e-Learning Day',
    'School Improvement Day',
    'SIP Day',
    'Yom Kippur',
    'Election Day',
    'Winter Break Begins',
    'Emergency Day',
    'Snow Make-Up Day (if needed)',
    'Institute (AM)',
    '',
  ],
  'first-day': [
    'First Day of School',
    '1st Day of School',
    'First Day of Student Attendance',
    'First Full Day of School',
    'Opening Day for Students',
    'School Starts 1-12',
    'First Day of School - Early Dismissal 11:30',
    'First Doy of School',
    'First Student Day',
    'First Day of Classes',
    'First Day of School (Grades 1-12)',
    'School Year Begins',
    'Classes Begin',
    'First day for students',
    'startDate',
  ],
  'last-day': [
    'Last Day of School',
    'Final Day of School',
    'Last Day of Student Attendance',
    'Last Day of School/Early Dismissal',
    'Last Day of School (Tentative)',
    'Last day for students - early dismissal',
    'Last Day of School if no emergency days are used',
    'Last Day of Classes',
    'endDate',
  ],
  'make-up': ['Make-Up Day', 'Snow Make-Up Day', 'Emergency Day Make-up: school is held'],
};

describe('what a title alone means in a calendar of closures', () => {
  for (const [expected, titles] of Object.entries(TITLES)) {
    it.each(titles)(`"%s" is ${expected}`, (title) => {
      expect(classify(event(title), closures)).toMatchObject({ class: expected });
    });
  }
});

describe("the file's own type", () => {
  it('closes where the title says nothing about school', () => {
    expect(read('Winter Break', { labels: ['Non-Attendance Days'] })).toBe('closed');
    expect(read('Polar vortex', { labels: ['school_break'] })).toBe('closed');
    expect(read('', { labels: ['holiday'] })).toBe('closed');
  });
  it('does not overrule words about school', () => {
    expect(read('Parent/Teacher Conferences - NO SCHOOL', { labels: ['conference'] })).toBe('closed');
    expect(read('Early Dismissal', { labels: ['school_break'] })).toBe('unsettled');
    expect(read('No School', { labels: ['Early Dismissal'] })).toBe('unsettled');
  });
  it('"irregular" settles nothing', () => {
    expect(read('Report Card Distribution Days', { labels: ['irregular'] })).toBe('unsettled');
    expect(read('Report Card Distribution Days')).toBe('info');
  });
});

describe('a file that says "no school" wherever it means it', () => {
  const explicit: Wording = { mode: 'closures', explicit: true };
  it('leaves a bare staff day or a holiday some districts keep open to a person', () => {
    expect(read('Institute Day', {}, explicit)).toBe('unsettled');
    expect(read('Veterans Day', {}, explicit)).toBe('unsettled');
  });
  it('still closes breaks and the holidays no school is open on', () => {
    expect(read('Winter Break', {}, explicit)).toBe('closed');
    expect(read('Labor Day', {}, explicit)).toBe('closed');
  });
});

describe('times and descriptions', () => {
  it('a staff meeting of an hour closes nothing, an all-day institute with hours does', () => {
    expect(read('Staff Development', { startTime: '15:30', endTime: '16:30' })).toBe('info');
    expect(read('Institute Day', { startTime: '08:00', endTime: '15:00' })).toBe('closed');
    expect(read('No School', { startTime: '08:00', endTime: '09:00' })).toBe('closed');
  });
  it('a description that speaks of school is shown to a person', () => {
    const reading = classify(
      event('Testing Day for Juniors', { description: '*No classes for seniors and sophomores.' }),
      closures,
    );
    expect(reading.class).toBe('unsettled');
    expect(reading.why).toContain('no classes for seniors and sophomores');
  });
});

describe("the office's own patterns", () => {
  it('--closed replaces the defaults: what it does not match closes nothing and is not asked', () => {
    const wording: Wording = { ...closures, closed: /no classes/i };
    expect(read('Labor Day', {}, wording)).toBe('info');
    expect(read('Election Day', {}, wording)).toBe('info');
    expect(read('Snow: NO CLASSES', {}, wording)).toBe('closed');
    expect(read('First Day of School', {}, wording)).toBe('first-day');
  });
  it('--open settles what the defaults hold back', () => {
    expect(read('Parent/Teacher Conferences', {}, { ...closures, open: /conferences/i })).toBe('open');
  });
  it('anchors hold for the title and for each type by itself', () => {
    const wording: Wording = { ...closures, closed: /^off$/i };
    expect(read('Off', { labels: ['district'] }, wording)).toBe('closed');
    expect(read('Winter', { labels: ['off'] }, wording)).toBe('closed');
    expect(read('Day off', {}, wording)).toBe('info');
  });
  it('matching both is asked', () => {
    expect(read('No School', {}, { ...closures, open: /school/i, closed: /no/i })).toBe('unsettled');
  });
});

describe('a calendar that names its school days', () => {
  const positive: Wording = { mode: 'school-days', explicit: false };
  it.each(['A Day', 'B Day', 'A Day: Start of 2nd Semester', 'Day 3', 'Blue Day', 'Odd Day'])(
    '"%s" is one',
    (t) => {
      expect(read(t, {}, positive)).toBe('open');
    },
  );
  it('nothing else makes a school day', () => {
    expect(read('Early Dismissal', {}, positive)).toBe('info');
    expect(read('Concert', {}, positive)).toBe('info');
    expect(read('Snow Day', {}, positive)).toBe('closed');
  });
});
