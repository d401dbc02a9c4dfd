import { drop } from './confluent/drop.ts';
import { extractTopic, extractTopicFromHeader } from './confluent/extract-topic.ts';
import { jsonPathFilter } from './confluent/filter.ts';
import { messageTimestampRouter } from './confluent/message-timestamp-router.ts';
import { tombstoneHandler } from './confluent/tombstone-handler.ts';
import { logicalTopicRouter } from './debezium/by-logical-table-router.ts';
import { extractChangedRecordState } from './debezium/extract-changed-record-state.ts';
import { extractNewRecordState } from './debezium/extract-new-record-state.ts';
import { headerToValue } from './debezium/header-to-value.ts';
import { partitionRouting } from './debezium/partition-routing.ts';
import { schemaChangeEventFilter } from './debezium/schema-change-event-filter.ts';
import { timezoneConverter } from './debezium/timezone-converter.ts';
import { cast } from './kafka/cast.ts';
import { dropHeaders } from './kafka/drop-headers.ts';
import { extractField } from './kafka/extract-field.ts';
import { filter } from './kafka/filter.ts';
import { flatten } from './kafka/flatten.ts';
import { headerFrom } from './kafka/header-from.ts';
import { hoistField } from './kafka/hoist-field.ts';
import { insertField } from './kafka/insert-field.ts';
import { insertHeader } from './kafka/insert-header.ts';
import { maskField } from './kafka/mask-field.ts';
import { regexRouter } from './kafka/regex-router.ts';
import { replaceField } from './kafka/replace-field.ts';
import { setSchemaMetadata } from './kafka/set-schema-metadata.ts';
import { timestampConverter } from './kafka/timestamp-converter.ts';
import { timestampRouter } from './kafka/timestamp-router.ts';
import { valueToKey } from './kafka/value-to-key.ts';
import { hasHeaderKey, recordIsTombstone, topicNameMatches } from './kafka/predicates.ts';
import type { PredicateDefinition, TransformDefinition } from './plugin-definition.ts';
import { mask } from './sluice/mask.ts';

const kafka = 'org.apache.kafka.connect.transforms';
const debezium = 'io.debezium.transforms';
const confluent = 'io.confluent.connect.transforms';

/** The transforms, by full name without `$Key` and `$Value`. */
export const transformDefinitions: Readonly<Record<string, TransformDefinition>> = {
  [`${kafka}.Cast`]: cast,
  [`${kafka}.DropHeaders`]: dropHeaders,
  [`${kafka}.ExtractField`]: extractField,
  [`${kafka}.Filter`]: filter,
  [`${kafka}.Flatten`]: flatten,
  [`${kafka}.HeaderFrom`]: headerFrom,
  [`${kafka}.HoistField`]: hoistField,
  [`${kafka}.InsertField`]: insertField,
  [`${kafka}.InsertHeader`]: insertHeader,
  [`${kafka}.MaskField`]: maskField,
  [`${kafka}.RegexRouter`]: regexRouter,
  [`${kafka}.ReplaceField`]: replaceField,
  [`${kafka}.SetSchemaMetadata`]: setSchemaMetadata,
  [`${kafka}.TimestampConverter`]: timestampConverter,
  [`${kafka}.TimestampRouter`]: timestampRouter,
  [`${kafka}.ValueToKey`]: valueToKey,
  [`${debezium}.ByLogicalTableRouter`]: logicalTopicRouter(
    '__dbz__physicalTableIdentifier',
    'logical.table.cache.size',
  ),
  [`${debezium}.ToLogicalTopicRouter`]: logicalTopicRouter('__dbz__sourceIdentifier', 'logical.destination.cache.size'),
  [`${debezium}.ExtractChangedRecordState`]: extractChangedRecordState,
  [`${debezium}.ExtractNewRecordState`]: extractNewRecordState,
  [`${debezium}.HeaderToValue`]: headerToValue,
  [`${debezium}.SchemaChangeEventFilter`]: schemaChangeEventFilter,
  [`${debezium}.TimezoneConverter`]: timezoneConverter,
  [`${debezium}.partitions.PartitionRouting`]: partitionRouting,
  [`${confluent}.Drop`]: drop,
  [`${confluent}.ExtractTopic`]: extractTopic,
  [`${confluent}.ExtractTopic$Header`]: extractTopicFromHeader,
  [`${confluent}.Filter`]: jsonPathFilter,
  [`${confluent}.MessageTimestampRouter`]: messageTimestampRouter,
  [`${confluent}.TombstoneHandler`]: tombstoneHandler,
  // Its regular expressions are RE2's from the start.
  [`${confluent}.TopicRegexRouter`]: regexRouter,
  'io.confluent.connect.cloud.transforms.TopicRegexRouter': regexRouter,
  'io.sluice.transforms.Mask': mask,
};

/** The predicates, by full name. */
export const predicateDefinitions: Readonly<Record<string, PredicateDefinition>> = {
  [`${kafka}.predicates.TopicNameMatches`]: topicNameMatches,
  [`${kafka}.predicates.HasHeaderKey`]: hasHeaderKey,
  [`${kafka}.predicates.RecordIsTombstone`]: recordIsTombstone,
};
