/**
 * Debezium's include and exclude lists. Each is a list of regular expressions that must match the whole identifier,
 * case-insensitively; of include and exclude at most one is set. An absent list restricts nothing.
 *
 * Source: Debezium documentation, `table.include.list`, `column.exclude.list`.
 */
export interface FilterSettings {
  readonly tableInclude?: readonly RegExp[];
  readonly tableExclude?: readonly RegExp[];
  readonly columnInclude?: readonly RegExp[];
  readonly columnExclude?: readonly RegExp[];
}
