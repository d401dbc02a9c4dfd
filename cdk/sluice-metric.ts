import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, metricDimensions, metricNamespace, metricTable } from '../shared/contract/metric-name.ts';

/** The period over which alarms and the dashboard look at metrics. */
export const metricPeriod = Duration.minutes(5);

/** One of the metrics that the functions write, for one topic of a connector. */
export function sluiceMetric(
  metric: MetricName,
  of: { readonly stage: string; readonly connector: string; readonly topic: string },
  statistic: string,
): Metric {
  const values = [of.stage, of.connector, of.topic];
  return new Metric({
    namespace: metricNamespace,
    metricName: metricTable[metric].name,
    dimensionsMap: Object.fromEntries(metricDimensions.map((name, index) => [name, values[index]!])),
    statistic,
    period: metricPeriod,
    label: of.topic,
  });
}

/** A metric that Lambda itself writes for a function. */
export function lambdaMetric(metricName: string, functionName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    statistic,
    period: metricPeriod,
    label: `${functionName} ${metricName}`,
  });
}
