import { callFunction } from './call-routine.ts';
import { coerce } from './coercion.ts';
import { functionsNamed } from './catalog.ts';
import type { Compile } from './compile-expression.ts';
import { type Expression, refuse } from './expression.ts';
import { listOf, stringOf, type TreeNode } from './parse-statements.ts';
import { isSupportedType } from './type-io.ts';

/** Why a function is refused that PostgreSQL has; by its name. */
const refusedFunctions: readonly (readonly [string, string])[] = [
  [
    'reads the clock or the session, so it gives another answer at each replay',
    'now transaction_timestamp statement_timestamp clock_timestamp timeofday current_setting set_config current_user session_user user current_schema current_schemas current_database current_catalog current_role inet_client_addr inet_client_port inet_server_addr inet_server_port pg_backend_pid version txid_current pg_current_xact_id pg_postmaster_start_time pg_conf_load_time',
  ],
  [
    'is volatile',
    'random random_normal setseed gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v4 nextval currval lastval setval pg_sleep pg_sleep_for pg_sleep_until pg_advisory_lock dblink lo_import lo_export pg_read_file',
  ],
  [
    'is an aggregate or window function',
    'count sum avg min max any_value array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every bit_and bit_or bit_xor stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp mode percentile_cont percentile_disc row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
  ],
  [
    'gives rows, not one value',
    'unnest generate_series generate_subscripts jsonb_array_elements jsonb_array_elements_text json_array_elements json_array_elements_text jsonb_each jsonb_each_text json_each json_each_text jsonb_object_keys json_object_keys regexp_matches regexp_split_to_table string_to_table jsonb_populate_record jsonb_to_record jsonb_to_recordset jsonb_path_query',
  ],
];

const reasons = new Map(refusedFunctions.flatMap(([reason, names]) => names.split(' ').map((name) => [name, reason])));

/** Function calls, as they are written or as the grammar turns its own forms (`extract(… from …)`) into them. */
export function compileFunction(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const names = listOf(members.funcname).map(stringOf);
  const name = names.at(-1) ?? '';
  const shown = `The function ${names.filter((part) => part !== 'pg_catalog').join('.')}`;
  if (names.length > 1 && names[0] !== 'pg_catalog') throw refuse(`${shown} is not supported.`, offset);
  const reason = reasons.get(name);
  if (reason !== undefined) throw refuse(`${shown} is not supported: it ${reason}.`, offset);
  if (members.over !== undefined) throw refuse('Window functions are not supported.', offset);
  if (
    members.agg_star === true ||
    members.agg_distinct === true ||
    members.agg_order !== undefined ||
    members.agg_filter !== undefined
  ) {
    throw refuse('Aggregates are not supported.', offset);
  }
  if (members.func_variadic === true) throw refuse('VARIADIC is not supported.', offset);
  const values = listOf(members.args).map(compile);
  const [value] = values;
  // A type's name as a function is a cast, as `text(amount)`.
  if (values.length === 1 && isSupportedType(name) && functionsNamed(name).length === 0) {
    return { ...coerce(value!, name, 'explicit'), tentative: false };
  }
  if (name === 'date' && values.length === 1) return { ...coerce(value!, 'date', 'explicit'), tentative: false };
  if (functionsNamed(name).length === 0) throw refuse(`${shown} does not exist, or is not supported.`, offset);
  if (name === 'age' && values.length === 1) {
    throw refuse(`${shown} is not supported with one argument: it reads the clock or the session.`, offset);
  }
  return callFunction(name, values, offset);
}
