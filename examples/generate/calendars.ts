/** The two schools' calendars for two years, as their offices would publish them: one as iCalendar, one as a table. */
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, isWeekend, type IsoDate } from '../../domain/dates.ts';

interface Event {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly title: string;
  /** Says something about the day, but school is held. */
  readonly open?: boolean;
}

const day = (date: IsoDate, title: string): Event => ({ from: date, to: date, title });
const days = (from: IsoDate, to: IsoDate, title: string): Event => ({ from, to, title });
const held = (date: IsoDate, title: string): Event => ({ ...day(date, title), open: true });

interface Year {
  readonly name: string;
  readonly events: readonly Event[];
}

const SHARED: readonly Year[] = [
  {
    name: '2024-25',
    events: [
      held('2024-08-15', 'First Day of School'),
      day('2024-09-02', 'Labor Day - No School'),
      day('2024-10-11', 'Teacher Institute - No School'),
      day('2024-10-14', 'Columbus Day - No School'),
      day('2024-11-05', 'Election Day - No School'),
      day('2024-11-11', 'Veterans Day - No School'),
      days('2024-11-27', '2024-11-29', 'Thanksgiving Break - No School'),
      days('2024-12-23', '2025-01-03', 'Winter Break - No School'),
      day('2025-01-20', 'Martin Luther King Jr. Day - No School'),
      day('2025-02-17', "Presidents' Day - No School"),
      days('2025-03-24', '2025-03-28', 'Spring Break - No School'),
      day('2025-04-18', 'Spring Holiday - No School'),
      held('2025-05-23', 'Last Day of School'),
    ],
  },
  {
    name: '2025-26',
    events: [
      held('2025-08-14', 'First Day of School'),
      day('2025-09-01', 'Labor Day - No School'),
      day('2025-10-10', 'Teacher Institute - No School'),
      day('2025-10-13', 'Columbus Day - No School'),
      day('2025-11-11', 'Veterans Day - No School'),
      days('2025-11-26', '2025-11-28', 'Thanksgiving Break - No School'),
      days('2025-12-22', '2026-01-02', 'Winter Break - No School'),
      day('2026-01-19', 'Martin Luther King Jr. Day - No School'),
      day('2026-02-16', "Presidents' Day - No School"),
      days('2026-03-23', '2026-03-27', 'Spring Break - No School'),
      day('2026-04-03', 'Spring Holiday - No School'),
      held('2026-05-22', 'Last Day of School'),
    ],
  },
];

/** The middle school has conference days of its own; an early dismissal and an e-learning day are days of school. */
const OWN: Readonly<Record<string, Readonly<Record<string, readonly Event[]>>>> = {
  'MAPLE-HS': {
    '2024-25': [held('2024-12-20', 'Early Dismissal (finals)')],
    '2025-26': [held('2025-12-19', 'Early Dismissal (finals)'), held('2026-03-17', 'E-Learning Day')],
  },
  'MAPLE-MS': {
    '2024-25': [day('2024-10-25', 'Parent-Teacher Conferences - No School')],
    '2025-26': [
      day('2025-10-24', 'Parent-Teacher Conferences - No School'),
      held('2026-03-17', 'E-Learning Day'),
    ],
  },
};

export interface YearCalendar {
  readonly name: string;
  readonly events: readonly Event[];
  readonly schoolDays: readonly IsoDate[];
}

export function yearsOf(school: string): YearCalendar[] {
  return SHARED.map(({ name, events }) => {
    const all = [...events, ...(OWN[school]?.[name] ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1));
    return { name, events: all, schoolDays: indexCalendar(calendarOf(all)).schoolDates };
  });
}

function calendarOf(events: readonly Event[]): SchoolCalendar {
  const closed: IsoDate[] = [];
  for (const event of events.filter((one) => !one.open)) {
    for (let date = event.from; date <= event.to; date = addDays(date, 1))
      if (!isWeekend(date)) closed.push(date);
  }
  const first = events.find((one) => one.title.startsWith('First'))!.from;
  const last = events.find((one) => one.title.startsWith('Last'))!.from;
  return { terms: [{ from: first, to: last }], closed, open: [] };
}

/** All-day events end on the morning after (RFC 5545). */
export function asIcs(school: string, year: YearCalendar): string {
  const plain = (date: IsoDate) => date.replaceAll('-', '');
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Larkfield example district//EN',
    `X-WR-CALNAME:${school} ${year.name}`,
    'X-WR-TIMEZONE:America/Chicago',
  ];
  for (const event of year.events) {
    lines.push(
      'BEGIN:VEVENT',
      `UID:${event.from}-${school.toLowerCase()}@larkfield.example`,
      'DTSTAMP:20240701T000000Z',
      `DTSTART;VALUE=DATE:${plain(event.from)}`,
      `DTEND;VALUE=DATE:${plain(addDays(event.to, 1))}`,
      `SUMMARY:${event.title}`,
      'END:VEVENT',
    );
  }
  return [...lines, 'END:VCALENDAR', ''].join('\r\n');
}

export function asTable(year: YearCalendar): string {
  const rows = year.events.map((event) => `${event.from},${event.to},${event.title}`);
  return ['start_date,end_date,event', ...rows, ''].join('\n');
}
