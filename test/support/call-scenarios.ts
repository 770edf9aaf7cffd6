/** Stories of service calls and of their messages whose histories are kept: each from the call to its end. */
import { noteHazard } from '../../client/services/hazards.ts';
import { messagesOfCall } from '../../db/stores/call-messages.ts';
import { untilSent } from './sent-letters.ts';
import { callMessageWorkflowId } from '../../workflows/call-message.messages.ts';
import type { Harness } from './case-harness.ts';
import { goThere, station, WEDNESDAY, type Station, type TestCall } from './call-story.ts';
import { startSmsGateway } from './sms-gateway.ts';

/** A workflow whose history is kept under a name; the last run of several, unless one is named. */
export interface Kept {
  readonly file: string;
  readonly workflowId: string;
  readonly runId?: string;
}

export interface CallScenario {
  /** What it keeps, without `.bin`. */
  readonly files: readonly string[];
  tell(harness: Harness): Promise<readonly Kept[]>;
}

const THURSDAY = '2025-02-13';
const HOME = { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };

export const CALL_SCENARIOS: readonly CallScenario[] = [
  {
    files: ['call-police-transport', 'message-offer-by-email'],
    async tell(harness) {
      const here = await morning(harness);
      const officer = await here.officer({ channel: 'email', reach: 'ao1@department.example' });
      await here.onDuty(officer);
      const one = await here.open('police-transport');
      await one.untilStage('offered');
      const message = `${one.number}/offer/1`;
      await untilSettled(harness, one, message, 'sent');
      await one.ask({ type: 'accept-offer', officer });
      await goThere(one, officer, 'transport', 'Met the police officer and drove the student to school.');
      await one.ask({ type: 'record-step', officer, step: 'ask-ct' });
      await one.ask({ type: 'record-step', officer, step: 'log-note', note: 'Brought to school at 9:40.' });
      await one.ask({ type: 'record-step', officer, step: 'consider-monitor', result: 'not-needed' });
      await one.ask({ type: 'record-step', officer, step: 'connect-counselor' });
      await one.tell({ type: 'attendance', officeDate: WEDNESDAY, truantDays: [WEDNESDAY] });
      await one.ask({ type: 'counselor-word', note: 'Met during lunch.' });
      await one.ask({ type: 'close-call', outcome: 'transported' });
      return [kept('call-police-transport', one), keptMessage('message-offer-by-email', message)];
    },
  },
  {
    files: ['call-true-refusal-nobody-took'],
    async tell(harness) {
      const here = await morning(harness);
      const one = await here.open('true-refusal');
      await one.until('call-begun');
      await harness.env.sleep('31m');
      await one.until('school-told');
      await harness.env.sleep('7h');
      await one.until('call-closed');
      return [kept('call-true-refusal-nobody-took', one)];
    },
  },
  {
    files: ['call-address-verification-over-days'],
    async tell(harness) {
      const here = await morning(harness);
      const officer = await here.officer();
      const one = await here.open('address-verification', { area: '61554' });
      await one.untilStage('planned');
      await here.morning(THURSDAY);
      await here.onDuty(officer);
      await one.tell({ type: 'office-day', officeDate: THURSDAY });
      await one.untilStage('offered');
      await one.ask({ type: 'decline-offer', officer, reason: 'in court this morning' });
      await one.untilStage('waiting');
      await here.morning('2025-02-14');
      await one.tell({ type: 'office-day', officeDate: '2025-02-14' });
      await here.offDuty(officer);
      await here.onDuty(officer);
      await one.untilStage('offered');
      await one.ask({ type: 'accept-offer', officer });
      await goThere(one, officer, 'home-visit', 'The landlord says they moved in January.');
      await one.ask({
        ...{ type: 'record-step', officer, step: 'report-findings' },
        result: 'address-not-confirmed',
      });
      await one.ask({ type: 'record-step', officer, step: 'log-note', note: 'Moved in January.' });
      await one.ask({ type: 'close-call', outcome: 'address-not-confirmed' });
      return [kept('call-address-verification-over-days', one)];
    },
  },
  {
    files: ['call-findings-by-letter'],
    async tell(harness) {
      const here = await morning(harness);
      const officer = await here.officer();
      const one = await here.open('address-verification', { address: HOME });
      await one.untilStage('planned');
      await here.morning(THURSDAY);
      await here.onDuty(officer);
      await one.tell({ type: 'office-day', officeDate: THURSDAY });
      await one.untilStage('offered');
      await one.ask({ type: 'accept-offer', officer });
      await goThere(one, officer, 'home-visit', 'The family lives here.');
      await one.ask({
        ...{ type: 'record-step', officer, step: 'report-findings' },
        result: 'address-confirmed',
      });
      await untilSent(harness, one.number);
      await one.ask({ type: 'record-step', officer, step: 'log-note', note: 'The family lives here.' });
      await one.ask({ type: 'close-call', outcome: 'address-confirmed' });
      return [kept('call-findings-by-letter', one)];
    },
  },
  {
    files: ['call-officer-overdue-and-school-reminded'],
    async tell(harness) {
      const here = await morning(harness);
      const officer = await here.officer();
      await here.onDuty(officer);
      const one = await here.open('true-refusal');
      await one.untilStage('offered');
      await one.ask({ type: 'accept-offer', officer });
      await one.ask({ type: 'start-visit', officer, expectedMinutes: 20 });
      await harness.env.sleep('36m');
      await one.until('visit-overdue');
      await one.ask({ type: 'arrive', officer });
      await one.ask({ type: 'record-step', officer, step: 'home-visit', note: 'The student went along.' });
      await one.ask({ type: 'leave', officer });
      await one.ask({ type: 'record-step', officer, step: 'ask-ct' });
      for (const step of ['log-note', 'consider-monitor', 'connect-counselor'] as const) {
        await one.ask({ type: 'waive-step', step, reason: 'a story of something else' });
      }
      await here.morning('2025-02-18');
      await one.tell({ type: 'office-day', officeDate: '2025-02-18' });
      await one.until('step-reminded');
      await one.tell({ type: 'attendance', officeDate: '2025-02-18', truantDays: [WEDNESDAY] });
      await one.until('step-done', 2);
      await one.ask({ type: 'close-call', outcome: 'transported' });
      return [kept('call-officer-overdue-and-school-reminded', one)];
    },
  },
  {
    files: ['call-reassigned-first-run', 'call-reassigned-last-run'],
    async tell(harness) {
      const here = await morning(harness);
      const [first, second] = [await here.officer(), await here.officer()];
      await here.onDuty(first);
      const one = await here.open('true-refusal', { continueAsNewEvery: 4 });
      await one.untilStage('offered');
      const handle = harness.env.client.workflow.getHandle(one.workflowId);
      const { runId } = await handle.describe();
      await one.ask({ type: 'accept-offer', officer: first });
      await one.ask({ type: 'start-visit', officer: first });
      await here.onDuty(second);
      await one.ask({ type: 'reassign-call', reason: 'the second is nearer' });
      await one.until('offer-made', 2);
      await one.untilStage('offered');
      const live = (await one.row()).projection as { offers: { officer: string; status: string }[] } | null;
      const officer = live?.offers.find((offer) => offer.status === 'open')?.officer ?? second;
      await one.ask({ type: 'accept-offer', officer });
      await goThere(one, officer, 'home-visit');
      for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'] as const) {
        await one.ask({ type: 'waive-step', step, reason: 'handed to the parent' });
      }
      await one.ask({ type: 'close-call', outcome: 'handed-to-parent' });
      return [{ ...kept('call-reassigned-first-run', one), runId }, kept('call-reassigned-last-run', one)];
    },
  },
  {
    files: ['call-turned-back'],
    async tell(harness) {
      const here = await morning(harness);
      const officer = await here.officer();
      await here.onDuty(officer);
      const one = await here.open('true-refusal');
      await one.untilStage('offered');
      await one.ask({ type: 'accept-offer', officer });
      await one.ask({ type: 'start-visit', officer });
      await one.ask({ type: 'decline-offer', officer, reason: 'the road is closed' });
      // Nobody else is there: after some minutes they are asked again.
      await harness.env.sleep('6m');
      await one.until('offer-made', 2);
      await one.untilStage('offered');
      await one.ask({ type: 'accept-offer', officer });
      await goThere(one, officer, 'home-visit');
      for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'] as const) {
        await one.ask({ type: 'waive-step', step, reason: 'handed to the parent' });
      }
      await one.ask({ type: 'close-call', outcome: 'handed-to-parent' });
      return [kept('call-turned-back', one)];
    },
  },
  {
    files: ['call-two-officers'],
    async tell(harness) {
      const here = await morning(harness);
      const officers = [await here.officer(), await here.officer()];
      for (const officer of officers) await here.onDuty(officer);
      await noteHazard(here.call, { address: HOME, note: 'loose dog in the yard' });
      const one = await here.open('true-refusal', { address: HOME });
      await one.until('offer-made', 2);
      const [lead = '', second = ''] = (await one.state()).offers.map((offer) => offer.officer);
      await one.ask({ type: 'accept-offer', officer: lead });
      await one.ask({ type: 'accept-offer', officer: second });
      await goThere(one, lead, 'home-visit');
      for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'] as const) {
        await one.ask({ type: 'waive-step', step, reason: 'handed to the parent' });
      }
      await one.ask({ type: 'close-call', outcome: 'handed-to-parent' });
      return [kept('call-two-officers', one)];
    },
  },
  {
    files: ['message-late', 'message-given-up'],
    async tell(harness) {
      const gateway = await startSmsGateway();
      gateway.answers([], 503);
      try {
        const here = await morning(harness);
        const officer = await here.officer({ channel: 'webhook', reach: gateway.url });
        await here.onDuty(officer);
        const one = await here.open('true-refusal');
        await one.untilStage('offered');
        // The gateway is away; by radio the officer says that they cannot go.
        await one.ask({ type: 'decline-offer', officer, reason: 'in court this morning' });
        const offer = `${one.number}/offer/1`;
        await untilSettled(harness, one, offer, 'late');
        const second = await here.officer();
        await here.onDuty(second);
        await one.until('offer-made', 2);
        await one.untilStage('offered');
        await one.ask({ type: 'accept-offer', officer: second });
        await one.ask({ type: 'start-visit', officer: second, expectedMinutes: 20 });
        await harness.env.sleep('36m');
        await one.until('visit-overdue');
        const alarm = `${one.number}/overdue/2/colleague/${officer}`;
        await harness.env.sleep('61m');
        await untilSettled(harness, one, alarm, 'refused');
        return [keptMessage('message-late', offer), keptMessage('message-given-up', alarm)];
      } finally {
        await gateway.stop();
      }
    },
  },
];

async function morning(harness: Harness): Promise<Station> {
  const here = await station(harness);
  await here.morning();
  return here;
}

const kept = (file: string, one: TestCall): Kept => ({ file, workflowId: one.workflowId });
const keptMessage = (file: string, key: string): Kept => ({ file, workflowId: callMessageWorkflowId(key) });

async function untilSettled({ db }: Harness, one: TestCall, key: string, ...wanted: string[]): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const row = (await messagesOfCall(db, one.number)).find((message) => message.key === key);
    if (row && wanted.includes(row.status)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the message ${key} has not become ${wanted.join(' or ')}`);
}
