import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readContext } from '../../../cdk/context.ts';
import { withContextFile } from '../../../cdk/context-file.ts';
import { fixedCostLine } from '../../../cdk/fixed-cost.ts';
import { buildNotices } from '../../../cdk/notices.ts';
import { planDeployment } from '../../../cdk/plan-deployment.ts';
import { Findings } from '../../../shared/config/findings.ts';
import { metricTable } from '../../../shared/contract/metric-name.ts';
import { committedContext, makeBundles, ordersConnector, smallContext, synthesize } from '../../support/synthesize.ts';

const { connectors: _, ...common } = smallContext;

const databaseSecretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:sluice-db-AbCdEf';

function planned(context: Readonly<Record<string, unknown>>) {
  const findings = new Findings();
  const settings = readContext({ ...common, ...context }, findings)!;
  const connectors = planDeployment([ordersConnector], settings, findings);
  assert.deepEqual(findings.errors, []);
  return { settings, connectors };
}

function noticesOf(context: Readonly<Record<string, unknown>>): readonly string[] {
  const { settings, connectors } = planned(context);
  return buildNotices(settings, connectors).map(({ level, id }) => `${level} ${id}`);
}

test('the defaults skip nothing and warn of nothing', () => {
  assert.deepEqual(noticesOf({}), ['info on-demand', 'info reserved-concurrency']);
  assert.deepEqual(noticesOf({ provisionedPollers: '1/1', reservedConcurrency: 'off' }), []);
});

test('that connectors made by REST may connect to any host is a warning', () => {
  const { databaseHost: _host, ...withoutHost } = common as Readonly<Record<string, unknown>>;
  const ids = (context: Readonly<Record<string, unknown>>) => {
    const findings = new Findings();
    const settings = readContext({ ...withoutHost, databaseSecretArn, ...context }, findings)!;
    assert.deepEqual(findings.errors, []);
    return buildNotices(settings, []).map(({ id }) => id);
  };
  assert.ok(ids({ controlApi: 'iam' }).includes('any-host'));
  for (const known of [{ controlApi: 'off' }, { allowedHosts: 'db.internal' }, { databaseHost: 'db.internal' }]) {
    assert.ok(!ids({ controlApi: 'iam', ...known }).includes('any-host'), JSON.stringify(known));
  }
});

test('whatever lets Lambda skip records, miss some or read them anew is a warning', () => {
  for (const context of [{ retryAttempts: '3' }, { maxRecordAge: '600' }]) {
    assert.ok(noticesOf({ provisionedPollers: '1/1', ...context }).includes('warning skips-records'));
  }
  const sqs = 'arn:aws:sqs:eu-central-1:111122223333:lost';
  assert.ok(noticesOf({ onFailure: sqs, retryAttempts: '10' }).includes('warning skips-records'));
  assert.ok(noticesOf({ startingPosition: 'LATEST' }).includes('warning starts-latest'));
  assert.ok(noticesOf({ generation: '1' }).includes('warning generation'));
  assert.ok(noticesOf({ takeover: 'true' }).includes('warning takeover'));
});

test('the fixed cost counts what is made: alarms, metrics, dashboard, and pollers by their groups', async (t) => {
  const lineOf = async (context: Record<string, unknown>) => {
    const { stack } = await synthesize(t, { ...smallContext, ...context });
    return fixedCostLine(stack, planned(context).connectors);
  };
  // 12 metrics of alarms at 0.10, every metric of one topic at 0.30, a dashboard at 3.00.
  const metrics = Object.keys(metricTable).length;
  const ofTopics = metrics * 0.3;
  const line = await lineOf({});
  const total = (1.2 + ofTopics + 3).toFixed(2);
  const parts = `12 metrics of alarms $1.20, ${metrics} metrics of topics $${ofTopics.toFixed(2)}, 1 dashboards $3.00`;
  assert.ok(line.includes(`: $${total} (${parts})`), line);
  const page = readFileSync(new URL('../../../docs/deploy.md', import.meta.url), 'utf8');
  assert.ok(page.includes(`| custom metrics | up to ${ofTopics.toFixed(2)} for each topic |`));
  assert.ok((await lineOf({ dashboard: 'false' })).includes(`: $${(1.2 + ofTopics).toFixed(2)} `));
  assert.match(await lineOf({ provisionedPollers: '11/20' }), /2 event poller units \$270\.10/);
  assert.match(await lineOf({ provisionedPollers: '1/1/shop' }), /1 event poller units \$135\.05/);
});

test('a context file adds parameters; what is given otherwise wins unless it is the default', (t) => {
  const path = join(makeBundles(t), 'context.json');
  writeFileSync(path, JSON.stringify({ timeout: 30, memorySize: 1024, stage: 'prod' }));
  const findings = new Findings();
  const context = withContextFile({ ...committedContext, contextFile: path, memorySize: '2048' }, findings);
  assert.deepEqual([context.timeout, context.memorySize, context.stage], [30, '2048', 'prod']);
  assert.equal(context.architecture, 'arm64');
  withContextFile({ contextFile: `${path}.absent` }, findings);
  assert.match(findings.errors[0]!.message, /no readable file with a JSON object/);
});
