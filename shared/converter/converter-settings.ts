/** Which converter reads one part of a record, and its options (`value.converter`, `value.converter.*`). */
export interface ConverterSettings {
  /** Simple class name of Kafka Connect's converter. */
  readonly converter: 'JsonConverter';
  /** `schemas.enable`; only `false` is honoured so far. */
  readonly schemasEnable: boolean;
}
