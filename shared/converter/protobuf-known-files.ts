/** A proto3 file of one package that imports others. */
function file(packageName: string, body: string, imports: readonly string[] = []): string {
  const lines = imports.map((path) => `import ${JSON.stringify(path)};`).join(' ');
  return `syntax = "proto3"; package ${packageName}; ${lines} ${body}`;
}

const options = ['File', 'Message', 'Field', 'Oneof', 'Enum', 'EnumValue', 'Service', 'Method', 'ExtensionRange'];
const timestamp = 'google/protobuf/timestamp.proto';
const duration = 'google/protobuf/duration.proto';
const wrappers = 'google/protobuf/wrappers.proto';

const google: Readonly<Record<string, string>> = {
  any: file('google.protobuf', 'message Any { string type_url = 1; bytes value = 2; }'),
  // What custom options extend; records hold no descriptors.
  descriptor: `syntax = "proto2"; package google.protobuf;
    ${options.map((name) => `message ${name}Options { extensions 1000 to max; }`).join(' ')}`,
  duration: file('google.protobuf', 'message Duration { int64 seconds = 1; int32 nanos = 2; }'),
  empty: file('google.protobuf', 'message Empty {}'),
  field_mask: file('google.protobuf', 'message FieldMask { repeated string paths = 1; }'),
  source_context: file('google.protobuf', 'message SourceContext { string file_name = 1; }'),
  struct: file(
    'google.protobuf',
    `message Struct { map<string, Value> fields = 1; }
    message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;
      bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }
    enum NullValue { NULL_VALUE = 0; }
    message ListValue { repeated Value values = 1; }`,
  ),
  timestamp: file('google.protobuf', 'message Timestamp { int64 seconds = 1; int32 nanos = 2; }'),
  wrappers: file(
    'google.protobuf',
    ['double', 'float', 'int64', 'uint64', 'int32', 'uint32', 'bool', 'string', 'bytes']
      .map((type) => `message ${type.replace(/^u?./, (start) => start.toUpperCase())}Value { ${type} value = 1; }`)
      .join(' '),
  ),
};

const googleTypes: Readonly<Record<string, string>> = {
  calendar_period: file(
    'google.type',
    'enum CalendarPeriod { CALENDAR_PERIOD_UNSPECIFIED = 0; DAY = 1; WEEK = 2; FORTNIGHT = 3; MONTH = 4; QUARTER = 5; ' +
      'HALF = 6; YEAR = 7; }',
  ),
  color: file(
    'google.type',
    'message Color { float red = 1; float green = 2; float blue = 3; google.protobuf.FloatValue alpha = 4; }',
    [wrappers],
  ),
  date: file('google.type', 'message Date { int32 year = 1; int32 month = 2; int32 day = 3; }'),
  datetime: file(
    'google.type',
    `message DateTime { int32 year = 1; int32 month = 2; int32 day = 3; int32 hours = 4; int32 minutes = 5;
      int32 seconds = 6; int32 nanos = 7;
      oneof time_offset { google.protobuf.Duration utc_offset = 8; TimeZone time_zone = 9; } }
    message TimeZone { string id = 1; string version = 2; }`,
    [duration],
  ),
  dayofweek: file(
    'google.type',
    'enum DayOfWeek { DAY_OF_WEEK_UNSPECIFIED = 0; MONDAY = 1; TUESDAY = 2; WEDNESDAY = 3; THURSDAY = 4; FRIDAY = 5; ' +
      'SATURDAY = 6; SUNDAY = 7; }',
  ),
  decimal: file('google.type', 'message Decimal { string value = 1; }'),
  expr: file(
    'google.type',
    'message Expr { string expression = 1; string title = 2; string description = 3; string location = 4; }',
  ),
  fraction: file('google.type', 'message Fraction { int64 numerator = 1; int64 denominator = 2; }'),
  interval: file(
    'google.type',
    'message Interval { google.protobuf.Timestamp start_time = 1; google.protobuf.Timestamp end_time = 2; }',
    [timestamp],
  ),
  latlng: file('google.type', 'message LatLng { double latitude = 1; double longitude = 2; }'),
  localized_text: file('google.type', 'message LocalizedText { string text = 1; string language_code = 2; }'),
  money: file('google.type', 'message Money { string currency_code = 1; int64 units = 2; int32 nanos = 3; }'),
  month: file(
    'google.type',
    'enum Month { MONTH_UNSPECIFIED = 0; JANUARY = 1; FEBRUARY = 2; MARCH = 3; APRIL = 4; MAY = 5; JUNE = 6; JULY = 7; ' +
      'AUGUST = 8; SEPTEMBER = 9; OCTOBER = 10; NOVEMBER = 11; DECEMBER = 12; }',
  ),
  phone_number: file(
    'google.type',
    `message PhoneNumber { message ShortCode { string region_code = 1; string number = 2; }
      oneof kind { string e164_number = 1; ShortCode short_code = 2; } string extension = 3; }`,
  ),
  postal_address: file(
    'google.type',
    `message PostalAddress { int32 revision = 1; string region_code = 2; string language_code = 3; string postal_code = 4;
      string sorting_code = 5; string administrative_area = 6; string locality = 7; string sublocality = 8;
      repeated string address_lines = 9; repeated string recipients = 10; string organization = 11; }`,
  ),
  quaternion: file('google.type', 'message Quaternion { double x = 1; double y = 2; double z = 3; double w = 4; }'),
  timeofday: file(
    'google.type',
    'message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }',
  ),
};

const confluent: Readonly<Record<string, string>> = {
  // Its options are read from the text of a schema, so that it need not extend any message here.
  meta: file('confluent', 'message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }'),
  'type/decimal': file('confluent.type', 'message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }'),
  'type/variant': file('confluent.type', 'message Variant { bytes metadata = 1; bytes value = 2; }'),
};

/**
 * The files that any schema may import without a reference, by path: those that Confluent's registry knows, but for
 * `google/protobuf/api.proto` and `type.proto`, which describe services. Without comments and options.
 *
 * Source: protocolbuffers/protobuf, googleapis/googleapis, confluentinc/schema-registry (`ProtobufSchema`).
 */
export const knownProtobufFiles: ReadonlyMap<string, string> = new Map([
  ...Object.entries(google).map(([name, text]) => [`google/protobuf/${name}.proto`, text] as const),
  ...Object.entries(googleTypes).map(([name, text]) => [`google/type/${name}.proto`, text] as const),
  ...Object.entries(confluent).map(([name, text]) => [`confluent/${name}.proto`, text] as const),
]);
