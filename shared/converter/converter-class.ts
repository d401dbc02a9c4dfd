import { nearestName } from '../config/nearest-name.ts';
import type { ConverterName } from './converter-settings.ts';

/** A converter class of Kafka Connect that Sluice stands in for. */
export interface ConverterClass {
  readonly className: string;
  readonly converter: ConverterName;
  /** The registry whose frames it reads; absent: none. */
  readonly registry?: 'http' | 'glue';
}

const glue = 'com.amazonaws.services.schemaregistry.kafkaconnect';
const primitives = ['Short', 'Integer', 'Long', 'Float', 'Double', 'Boolean'] as const;

/** Every converter class that is accepted. */
export const converterClasses: readonly ConverterClass[] = [
  { className: 'org.apache.kafka.connect.json.JsonConverter', converter: 'JsonConverter' },
  { className: 'io.confluent.connect.avro.AvroConverter', converter: 'AvroConverter', registry: 'http' },
  { className: 'io.confluent.connect.protobuf.ProtobufConverter', converter: 'ProtobufConverter', registry: 'http' },
  { className: 'io.confluent.connect.json.JsonSchemaConverter', converter: 'JsonSchemaConverter', registry: 'http' },
  { className: `${glue}.AWSKafkaAvroConverter`, converter: 'AvroConverter', registry: 'glue' },
  { className: `${glue}.protobuf.ProtobufSchemaConverter`, converter: 'ProtobufConverter', registry: 'glue' },
  // Its simple name is Confluent's too; that name means Confluent's.
  { className: `${glue}.jsonschema.JsonSchemaConverter`, converter: 'JsonSchemaConverter', registry: 'glue' },
  { className: 'org.apache.kafka.connect.storage.StringConverter', converter: 'StringConverter' },
  { className: 'org.apache.kafka.connect.converters.ByteArrayConverter', converter: 'ByteArrayConverter' },
  ...primitives.map((name) => ({
    className: `org.apache.kafka.connect.converters.${name}Converter`,
    converter: `${name}Converter` as const,
  })),
  { className: 'org.apache.kafka.connect.storage.SimpleHeaderConverter', converter: 'SimpleHeaderConverter' },
];

/**
 * The class that a name means: its full name, its simple name, or that without `Converter`, as Kafka Connect's aliases.
 * Undefined for any other.
 */
export function findConverterClass(name: string): ConverterClass | undefined {
  return converterClasses.find(({ className }) => {
    const simple = className.slice(className.lastIndexOf('.') + 1);
    return name === className || name === simple || name === simple.replace(/Converter$/, '');
  });
}

/** Why a name means no converter; undefined when it means one. */
export function converterClassProblem(name: string): string | undefined {
  if (findConverterClass(name) !== undefined) return undefined;
  const known = converterClasses.map(({ className }) => className);
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `Known converters are: ${known.join(', ')}.` : `Did you mean ${nearest}?`;
  return `There is no such converter. ${hint}`;
}
