import { openRecordLog } from '../../localstack/record-log/record-log.ts';
import { RecordLogSource } from '../../localstack/record-log/record-log-source.ts';
import { RecordLogTopics } from '../../localstack/record-log/record-log-topics.ts';
import { startKafkaRest } from '../../localstack/services/kafka-rest.ts';
import { registerTopicRestSuite } from '../contract/topic-rest-suite.ts';
import { openTestDatabase } from '../support/test-database.ts';

registerTopicRestSuite('record log', async (t) => {
  const log = await openRecordLog((await openTestDatabase(t)).url);
  const rest = await startKafkaRest({ log: new RecordLogTopics(log), source: new RecordLogSource(log), port: 0 });
  t.after(async () => {
    await rest.stop();
    await log.close();
  });
  return rest;
});
