import assert from 'node:assert/strict';
import test from 'node:test';
import { ProgressReport } from '../../../../localstack/event-source/progress-report.ts';
import { createLog } from '../../../../shared/observability/log.ts';
import { ManualClock, settle } from '../../../support/manual-clock.ts';
import { ScriptedLambda } from '../../../support/scripted-lambda.ts';

function open() {
  const lambda = new ScriptedLambda();
  const clock = new ManualClock();
  const log = createLog({ sink: () => {}, now: () => clock.now(), level: 'FATAL' });
  const known = { state: 'Creating', lastProcessingResult: 'No records processed' } as const;
  const report = new ProgressReport('uuid', known, { lambda, clock, random: () => 0, log });
  return { lambda, clock, report, told: () => lambda.reports.map(({ progress }) => progress) };
}

test('only changes are reported', async () => {
  const { report, told } = open();
  report.tell({ state: 'Creating' });
  report.tell({ state: 'Enabled' });
  await settle();
  for (let batch = 0; batch < 5; batch++) report.tell({ lastProcessingResult: 'OK' });
  await settle();
  report.tell({ lastProcessingResult: 'OK' });
  await settle();
  assert.deepEqual(told(), [{ state: 'Enabled' }, { lastProcessingResult: 'OK' }]);
});

test('a report that fails is tried again with the newest news', async () => {
  const { lambda, clock, report, told } = open();
  let failures = 1;
  lambda.reportFault = () => {
    if (failures-- > 0) throw new Error('no Lambda');
  };
  report.tell({ lastProcessingResult: 'PROBLEM: Function call failed' });
  await settle();
  report.tell({ lastProcessingResult: 'OK' });
  await clock.advance(50);
  assert.deepEqual(told(), [{ lastProcessingResult: 'OK' }]);
});

test('a state that a user asked for anew is reported anew', async () => {
  const { report, told } = open();
  report.tell({ state: 'Enabled' });
  await settle();
  report.learn({ state: 'Updating' });
  report.tell({ state: 'Enabled' });
  await settle();
  assert.deepEqual(told(), [{ state: 'Enabled' }, { state: 'Enabled' }]);
});
