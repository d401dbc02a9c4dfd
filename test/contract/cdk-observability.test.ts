import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { alarmTable } from '../../cdk/connector-alarms.ts';
import { createOutcomeReport } from '../../functions/sink/outcome-report.ts';
import { logMetricTable, metricDimensions, metricNamespace, metricTable } from '../../shared/contract/metric-name.ts';
import { tagName } from '../../shared/contract/resource-name.ts';
import { errorTable } from '../../shared/errors/error-table.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { createLog } from '../../shared/observability/log.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { ordersConnector, smallContext, synthesize } from '../support/synthesize.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const chained = { ...ordersConnector, config: { ...ordersConnector.config, topology: 'chained' } };

interface MetricUse {
  readonly MetricName: string;
  readonly Namespace: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** Every metric that an alarm looks at. */
function metricsOf(properties: Record<string, unknown>): readonly MetricUse[] {
  const { Metrics = [], ...own } = properties as { Metrics?: { MetricStat?: { Metric: MetricUse } }[] };
  const single = 'MetricName' in own ? [own as unknown as MetricUse] : [];
  return [...single, ...Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))];
}

test('every alarm looks at metrics that exist, with the dimensions that the functions write', async (t) => {
  const { template } = await synthesize(t, { ...smallContext, connectors: chained });
  const names = Object.values(metricTable).map(({ name }) => name as string);
  const uses = Object.values(template.findResources('AWS::CloudWatch::Alarm')).flatMap(({ Properties }) =>
    metricsOf(Properties),
  );
  assert.ok(uses.length > 10);
  for (const { Namespace, MetricName, Dimensions } of uses.filter((use) => use.Namespace === metricNamespace)) {
    const isLogMetric = Object.values(logMetricTable).some(({ name }) => name === MetricName);
    assert.ok(isLogMetric || names.includes(MetricName), `${Namespace} ${MetricName}`);
    const expected = isLogMetric ? ['Connector'] : [...metricDimensions];
    assert.deepEqual(Dimensions.map(({ Name }) => Name).sort(), expected.sort());
  }
});

test('the dashboard shows every metric that the functions write', async (t) => {
  const { template } = await synthesize(t, smallContext);
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard!.Properties.DashboardBody);
  for (const { name } of Object.values(metricTable)) assert.ok(body.includes(`\\"${name}\\"`), name);
});

test('some function writes every metric of the table', () => {
  const sources = globSync('functions/{sink,filter}/*.ts', { cwd: root }).map((file) =>
    readFileSync(`${root}${file}`, 'utf8'),
  );
  for (const name of Object.keys(metricTable)) {
    assert.ok(
      sources.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
      name,
    );
  }
});

test('every alarm of the table is made, and links a heading of the runbook', async (t) => {
  const { template } = await synthesize(t, { ...smallContext, connectors: chained });
  const runbook = readFileSync(`${root}docs/runbook.md`, 'utf8');
  const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
    text!
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const descriptions = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.AlarmDescription as string,
  );
  for (const name of Object.keys(alarmTable)) {
    assert.ok(
      descriptions.some((text) => text.endsWith(`docs/runbook.md#${name}`)),
      name,
    );
    assert.ok(headings.includes(name), `docs/runbook.md has no heading for ${name}`);
  }
});

test('an alarm reaches the topic that is named, and the address', async (t) => {
  const topic = 'arn:aws:sns:eu-central-1:111122223333:on-call';
  const { template } = await synthesize(t, { ...smallContext, alarmTopicArn: topic, alarmEmail: 'a@example.com' });
  for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
    assert.equal(Properties.AlarmActions.length, 2);
    assert.deepEqual(Properties.AlarmActions[0], topic);
  }
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'a@example.com' });
});

test('the filter of the log finds the line that a broken invariant writes', async (t) => {
  const { code, dimension } = logMetricTable.accountingUnequal;
  assert.equal(errorTable[code].errorClass, 'invariant');
  const lines: string[] = [];
  const log = createLog({
    sink: (line) => lines.push(line),
    now: Date.now,
    level: 'INFO',
    fields: { connector: 'orders' },
  });
  log.error('The invocation failed.', new SluiceError(code, 'Outcomes do not add up to 3 records.'));
  const line = JSON.parse(lines[0]!);
  assert.deepEqual([line.error.code, line.connector], [code, 'orders']);
  // The line of a partition, whose batch does not fail where the mapping takes partial answers.
  const report = createOutcomeReport({ emit: () => {} }, Date.now);
  const event = buildKafkaEvent([{ topic: 'orders', partition: 0, offset: 7, value: '{}' }]);
  const failure = { failedAt: 7, error: new SluiceError(code, 'Something that cannot be.') };
  const none = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0, unmatched: 0 };
  const sink = (text: string) => lines.push(text);
  const partLog = createLog({ sink, now: Date.now, level: 'INFO', fields: { connector: 'orders' } });
  report(event, [{ topic: 'orders', partition: 0, nextOffset: 7, ...none, failure }], { startedAt: 0 }, partLog);
  const partLine = JSON.parse(lines[1]!);
  assert.deepEqual([partLine.code, partLine.connector], [code, 'orders']);
  const { template } = await synthesize(t, smallContext);
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    FilterPattern: `{ ($.error.code = "${code}") || ($.code = "${code}") }`,
    MetricTransformations: [{ Dimensions: [{ Key: dimension, Value: '$.connector' }] }],
  });
});

test('the stack sets every tag but those that the control function keeps the state in', async (t) => {
  const { template } = await synthesize(t, { ...smallContext, connectors: chained });
  const keys = ['AWS::Lambda::Function', 'AWS::Lambda::EventSourceMapping'].flatMap((type) =>
    Object.values(template.findResources(type)).flatMap(({ Properties }) =>
      Properties.Tags.map(({ Key }: { Key: string }) => Key),
    ),
  );
  const sources = globSync('functions/control/*.ts', { cwd: root })
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const { targetState, change, wantedChange, begun, topicsReset, deployment } = tagName;
  const state = [targetState, change, wantedChange, begun, topicsReset, deployment];
  for (const [name, key] of Object.entries(tagName)) {
    const isState = state.includes(key as (typeof state)[number]);
    assert.equal(keys.includes(key), !isState, key);
    if (isState) assert.match(sources, new RegExp(`tagName\\.${name}\\]`));
  }
});
