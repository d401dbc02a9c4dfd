import { after, before } from 'node:test';
import { type RunningKafkaRest, startKafkaRest } from '../../localstack/services/kafka-rest.ts';
import { registerTopicRestSuite } from '../contract/topic-rest-suite.ts';
import { startTestKafka, type TestKafka } from '../support/test-kafka.ts';

let kafka: TestKafka;
let rest: RunningKafkaRest;

before(async () => {
  kafka = await startTestKafka();
  rest = await startKafkaRest({ log: kafka.topics, source: kafka.source, port: 0 });
});
after(async () => {
  await rest.stop();
  await kafka.remove();
});

registerTopicRestSuite('Kafka', async () => rest);
