import { Aws } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { OperationSettings } from './settings.ts';

/** Who hears of the alarms: a topic that exists, an address, both or nobody. */
export function addAlarmActions(
  scope: Construct,
  { alarmTopicArn, alarmEmail }: OperationSettings,
): readonly IAlarmAction[] {
  const actions: IAlarmAction[] = [];
  if (alarmTopicArn !== undefined) actions.push(new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn)));
  if (alarmEmail !== undefined) {
    const topic = new Topic(scope, 'Alarms', { enforceSSL: true });
    // A policy of one's own replaces the one that lets the account's alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    topic.addSubscription(new EmailSubscription(alarmEmail));
    acknowledge(topic, {
      'Serverless-SNSRedrivePolicy': 'SNS itself tries e-mail again; an alarm that rings shows in CloudWatch anyway.',
    });
    actions.push(new SnsAction(topic));
  }
  return actions;
}
