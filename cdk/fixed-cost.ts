import type { Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { metricTable } from '../shared/contract/metric-name.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';

/** List prices of us-east-1 in US dollars, 2026-11: AWS Lambda and Amazon CloudWatch pricing. */
const prices = { pollerUnitHour: 0.185, alarmMetricMonth: 0.1, customMetricMonth: 0.3, dashboardMonth: 3 } as const;
const hoursPerMonth = 730;

/** Pollers of one event poller unit (developer guide, `kafka-scaling-modes`). */
const pollersPerUnit = 10;

/** What a deployment costs a month before the first record, as one line. Network and database are not part of it. */
export function fixedCostLine(stack: Stack, connectors: readonly ConnectorDeployment[]): string {
  const units = pollerUnits(connectors);
  const alarmMetrics = stack.node
    .findAll()
    .filter((one) => one instanceof CfnAlarm)
    .reduce((sum, alarm) => sum + Math.max(1, measuredMetrics(stack, alarm)), 0);
  const dashboards = stack.node.findAll().filter((one) => one instanceof CfnDashboard).length;
  const topics = connectors.reduce((sum, { mappings }) => sum + mappings.length, 0);
  const metrics = topics * Object.keys(metricTable).length;
  const parts = [
    ['event poller units', units, prices.pollerUnitHour * hoursPerMonth],
    ['metrics of alarms', alarmMetrics, prices.alarmMetricMonth],
    ['metrics of topics', metrics, prices.customMetricMonth],
    ['dashboards', dashboards, prices.dashboardMonth],
  ] as const;
  const total = parts.reduce((sum, [, count, price]) => sum + count * price, 0);
  const shown = parts
    .filter(([, count]) => count > 0)
    .map(([what, count, price]) => `${count} ${what} $${(count * price).toFixed(2)}`);
  return (
    `Fixed cost a month, at most, by list prices of us-east-1: $${total.toFixed(2)} (${shown.join(', ') || 'nothing'}). ` +
    'Functions, logs and traffic cost by use; see docs/deploy.md.'
  );
}

/** Mappings of one group share units; any other has units of its own. */
function pollerUnits(connectors: readonly ConnectorDeployment[]): number {
  const pollers = new Map<string, number>();
  for (const { id, mappings } of connectors) {
    for (const { topic, pollers: own } of mappings) {
      if (own === undefined) continue;
      const key = own.group === undefined ? `mapping ${id} ${topic}` : `group ${own.group}`;
      pollers.set(key, (pollers.get(key) ?? 0) + own.minimum);
    }
  }
  return [...pollers.values()].reduce((sum, minimum) => sum + Math.ceil(minimum / pollersPerUnit), 0);
}

/** CloudWatch bills an alarm on an expression by the metrics in it. */
function measuredMetrics(stack: Stack, alarm: CfnAlarm): number {
  const metrics = (stack.resolve(alarm.metrics) ?? []) as readonly { readonly metricStat?: unknown }[];
  return metrics.filter(({ metricStat }) => metricStat !== undefined).length;
}
