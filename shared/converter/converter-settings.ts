/** Simple class names of the converters of Kafka Connect that Sluice has. */
export type ConverterName = 'JsonConverter' | 'StringConverter' | 'SimpleHeaderConverter';

/** Which converter reads one part of a record, and its options (`value.converter`, `value.converter.*`). */
export interface ConverterSettings {
  readonly converter: ConverterName;
  /** `schemas.enable`; only `false` is honoured so far. */
  readonly schemasEnable: boolean;
}
