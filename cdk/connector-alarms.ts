import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logMetricTable, metricNamespace } from '../shared/contract/metric-name.ts';
import { functionName } from '../shared/contract/resource-name.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';
import type { DeploymentSettings } from './settings.ts';
import { lambdaMetric, metricPeriod, sluiceMetric } from './sluice-metric.ts';

/** Every alarm: what it says, and in how many periods of five minutes in a row it must be so. Each has a heading in the runbook. */
export const alarmTable = {
  'offset-lag': { says: 'The topics lag behind.', periods: 3 },
  'old-records': { says: 'A record waits for more than half of the time that its topic keeps it.', periods: 1 },
  'blocked-partition': { says: 'A partition of this topic fails again and again.', periods: 3 },
  errors: { says: 'The function fails.', periods: 3 },
  'dead-letters': { says: 'Records of this topic became dead letters.', periods: 1 },
  'only-duplicates': { says: 'Nothing but records that were applied before comes from this topic.', periods: 3 },
  'accounting-unequal': {
    says: 'Records went in that did not come out, or another invariant broke: a bug of Sluice.',
    periods: 1,
  },
  throttles: { says: 'More invocations of the function are throttled than run.', periods: 3 },
} as const;

type AlarmName = keyof typeof alarmTable;

/** What {@link ConnectorAlarms} needs. */
export interface ConnectorAlarmsProps {
  readonly deployment: ConnectorDeployment;
  readonly settings: DeploymentSettings;
  /** Where the functions that handle records log. */
  readonly logGroups: readonly ILogGroup[];
  /** Who hears of an alarm. */
  readonly actions: readonly IAlarmAction[];
}

/** The alarms of one connector, some of them for each topic or function. */
export class ConnectorAlarms extends Construct {
  private readonly props: ConnectorAlarmsProps;

  constructor(scope: Construct, props: ConnectorAlarmsProps) {
    super(scope, 'Alarms');
    this.props = props;
    const { deployment, settings } = props;
    const { stage, operation } = settings;
    const chained = deployment.plan.topology === 'chained';
    const roles = chained ? (['filter', 'sink'] as const) : (['sink'] as const);
    const reader = functionName(stage, deployment.name, roles[0]);
    this.add('offset-lag', '', lambdaMetric('OffsetLag', reader, 'Maximum'), operation.alarmOffsetLag);
    for (const role of roles) {
      const name = functionName(stage, deployment.name, role);
      this.add('errors', role, lambdaMetric('Errors', name, 'Sum'), 0);
      this.add('throttles', role, throttledMore(name), 0);
    }
    for (const topic of deployment.plan.topics) {
      const metric = (name: Parameters<typeof sluiceMetric>[0], statistic: string) =>
        sluiceMetric(name, { stage, connector: deployment.name, topic }, statistic);
      const halfRetentionMs = (operation.topicRetentionHours * 3_600_000) / 2;
      this.add('old-records', topic, metric('recordAgeMs', 'Maximum'), halfRetentionMs);
      this.add('blocked-partition', topic, metric('blockedPartitions', 'Maximum'), 0);
      this.add('dead-letters', topic, metric('deadLettered', 'Sum'), 0);
      const usingMetrics = {
        duplicate: metric('duplicate', 'Sum'),
        applied: metric('applied', 'Sum'),
        filtered: metric('filtered', 'Sum'),
        dead: metric('deadLettered', 'Sum'),
      };
      const others = 'FILL(applied, 0) + FILL(filtered, 0) + FILL(dead, 0)';
      this.add('only-duplicates', topic, judge(`FILL(duplicate, 0) > 0 AND ${others} == 0`, usingMetrics), 0);
    }
    this.add('accounting-unequal', '', this.countAccountingErrors(), 0);
  }

  /** Rings above the threshold. */
  private add(name: AlarmName, part: string, metric: IMetric, threshold: number): void {
    const { deployment, settings, actions } = this.props;
    const alarmName = ['sluice', settings.stage, deployment.id, name, part].filter((text) => text !== '').join('-');
    const subject = part === '' ? deployment.name : `${deployment.name}, ${part}`;
    const alarm = new Alarm(this, part === '' ? name : `${name} ${part}`, {
      // CloudWatch makes a shorter name of its own for a long topic.
      ...(alarmName.length <= 255 && { alarmName }),
      alarmDescription: `${subject}: ${alarmTable[name].says} What to do: docs/runbook.md#${name}`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: alarmTable[name].periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...actions);
    alarm.addOkAction(...actions);
  }

  private countAccountingErrors(): IMetric {
    const { name, code, dimension } = logMetricTable.accountingUnequal;
    for (const [index, logGroup] of this.props.logGroups.entries()) {
      new MetricFilter(this, `Accounting ${index}`, {
        logGroup,
        metricNamespace,
        metricName: name,
        metricValue: '1',
        // The line of an invocation that failed, and that of a partition that failed while others were taken.
        filterPattern: FilterPattern.any(
          FilterPattern.stringValue('$.error.code', '=', code),
          FilterPattern.stringValue('$.code', '=', code),
        ),
        dimensions: { [dimension]: '$.connector' },
      });
    }
    return new Metric({
      namespace: metricNamespace,
      metricName: name,
      dimensionsMap: { [dimension]: this.props.deployment.name },
      statistic: 'Sum',
      period: metricPeriod,
    });
  }
}

/** 1 while more is throttled than runs; a few throttles are how a bound on concurrency works. */
function throttledMore(name: string): IMetric {
  return judge('FILL(throttles, 0) > FILL(invocations, 0)', {
    throttles: lambdaMetric('Throttles', name, 'Sum'),
    invocations: lambdaMetric('Invocations', name, 'Sum'),
  });
}

/** 1 while the condition holds, else 0. */
function judge(condition: string, usingMetrics: Record<string, IMetric>): IMetric {
  return new MathExpression({ expression: `IF(${condition}, 1, 0)`, usingMetrics, period: metricPeriod });
}
