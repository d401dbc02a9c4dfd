import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { smallContext, synthesize } from '../support/synthesize.ts';

const examples = readdirSync(new URL('../../cdk/examples', import.meta.url)).filter((name) => name.endsWith('.json'));
const network = { subnetIds: 'subnet-0123456789abcdef0', vpcId: 'vpc-0123456789abcdef0' };

/** What the examples leave out. */
const others: Readonly<Record<string, Record<string, unknown>>> = {
  'everything of IAM': { ...smallContext, ...network, controlApi: 'iam', tracing: true, alarmEmail: 'a@example.com' },
  'an API with tokens': {
    ...smallContext,
    controlApi: 'jwt',
    jwtIssuer: 'https://issuer.example',
    jwtAudience: 'sluice',
  },
  'a bucket for skipped batches': { ...smallContext, onFailure: 'arn:aws:s3:::skipped-batches', retryAttempts: '10' },
};

const contexts = {
  ...Object.fromEntries(examples.map((name) => [name, { contextFile: `cdk/examples/${name}` }])),
  ...others,
};

for (const [name, context] of Object.entries(contexts)) {
  test(`cdk-nag finds nothing that is not acknowledged with a reason: ${name}`, async (t) => {
    const { app } = await synthesize(t, context);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    const { directory } = app.synth({ force: true });
    const { pluginReports } = JSON.parse(readFileSync(`${directory}/validation-report.json`, 'utf8'));
    const findings = pluginReports.flatMap((report: { violations: { ruleName: string }[] }) => report.violations);
    const rules = findings.map(({ ruleName }: { ruleName: string }) => ruleName);
    assert.deepEqual(
      rules.filter((rule: string) => !rule.startsWith('Annotation::sluice:')),
      [],
    );
  });
}

test('cdk-nag does look: a role that may do everything is found', async (t) => {
  const { app, stack } = await synthesize(t, smallContext);
  const { PolicyStatement, Role, ServicePrincipal } = await import('aws-cdk-lib/aws-iam');
  const role = new Role(stack, 'Careless', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  assert.throws(() => app.synth({ force: true }), /[Vv]alidation failed/);
});

test('the template of an example is the one on file; SLUICE_UPDATE_SNAPSHOTS=1 writes it anew', async (t) => {
  const { template } = await synthesize(t, { contextFile: 'cdk/examples/msk-iam-aurora-iam.json' });
  const file = new URL('../fixtures/cdk/msk-iam-aurora-iam.template.json', import.meta.url);
  const text = `${maskHashes(JSON.stringify(template.toJSON(), null, 2))}\n`;
  if (process.env.SLUICE_UPDATE_SNAPSHOTS) writeFileSync(file, text);
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(file, 'utf8')));
});

/** Hashes of the bundles, and of all that a published version holds, change with every line of code. */
function maskHashes(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{64}\.zip/g, 'BUNDLE.zip')
    .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1VERSION');
}
