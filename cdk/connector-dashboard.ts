import { Dashboard, GraphWidget, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, metricTable } from '../shared/contract/metric-name.ts';
import { functionName } from '../shared/contract/resource-name.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';
import { lambdaMetric, sluiceMetric } from './sluice-metric.ts';

/** Metrics that count records, which share a graph. */
const outcomes: readonly MetricName[] = [
  'applied',
  'filtered',
  'duplicate',
  'deadLettered',
  'unmatched',
  'sharedKeys',
  'undecided',
  'failed',
];

/** Metrics of what is left to do, which share the graph of Lambda's own lag. */
const lags: readonly MetricName[] = ['ledgerLag', 'blockedPartitions'];

/** The stage's dashboard: a row of graphs for each connector. */
export function addDashboard(scope: Construct, stage: string, connectors: readonly ConnectorDeployment[]): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: `sluice-${stage}` });
  for (const deployment of connectors) {
    dashboard.addWidgets(new TextWidget({ markdown: `## ${deployment.name}`, width: 24, height: 1 }));
    dashboard.addWidgets(...toWidgets(stage, deployment));
  }
  return dashboard;
}

function toWidgets(stage: string, { name, plan }: ConnectorDeployment): IWidget[] {
  const roles = plan.topology === 'chained' ? (['filter', 'sink'] as const) : (['sink'] as const);
  const functions = roles.map((role) => functionName(stage, name, role));
  const timings = (Object.keys(metricTable) as MetricName[]).filter(
    (metric) => ![...outcomes, ...lags].includes(metric),
  );
  const byTopic = (metric: MetricName, statistic: string) =>
    plan.topics.map((topic) =>
      sluiceMetric(metric, { stage, connector: name, topic }, statistic).with({
        label: `${topic} ${metricTable[metric].name}`,
      }),
    );
  const graph = (title: string, left: ReturnType<typeof lambdaMetric>[]) => new GraphWidget({ title, left, width: 6 });
  return [
    graph(
      'Records',
      outcomes.flatMap((metric) => byTopic(metric, 'Sum')),
    ),
    graph('Lag', [
      lambdaMetric('OffsetLag', functions[0]!, 'Maximum'),
      ...lags.flatMap((metric) => byTopic(metric, 'Maximum')),
    ]),
    graph(
      'Time, p99',
      timings.flatMap((metric) => byTopic(metric, metricTable[metric].isSummed ? 'Sum' : 'p99')),
    ),
    graph(
      'Functions',
      functions.flatMap((one) =>
        ['Invocations', 'Errors', 'Throttles'].map((metric) => lambdaMetric(metric, one, 'Sum')),
      ),
    ),
  ];
}
