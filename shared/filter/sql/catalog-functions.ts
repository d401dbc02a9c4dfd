/**
 * Every function of PostgreSQL 18 that has one of these names: a name, then `(arguments)result:function:flags:defaults` of
 * each. The function is the one that computes it, `*` for one written in SQL. Flags: `v` the last argument repeats, `n` is called
 * for nulls, `s` stable. Rows of `pg_proc`.
 */
export const functionRows = `
abs (float4)float4:float4abs: (float8)float8:float8abs: (int8)int8:int8abs: (int4)int4:int4abs: (int2)int2:int2abs: (numeric)numeric:numeric_abs:
ceil (numeric)numeric:numeric_ceil: (float8)float8:dceil:
ceiling (numeric)numeric:numeric_ceil: (float8)float8:dceil:
floor (numeric)numeric:numeric_floor: (float8)float8:dfloor:
round (float8)float8:dround: (numeric,int4)numeric:numeric_round: (numeric)numeric:*:
trunc (macaddr)macaddr:macaddr_trunc: (float8)float8:dtrunc: (numeric,int4)numeric:numeric_trunc: (numeric)numeric:*: (macaddr8)macaddr8:macaddr8_trunc:
mod (int2,int2)int2:int2mod: (int4,int4)int4:int4mod: (int8,int8)int8:int8mod: (numeric,numeric)numeric:numeric_mod:
sign (numeric)numeric:numeric_sign: (float8)float8:dsign:
div (numeric,numeric)numeric:numeric_div_trunc:
sqrt (float8)float8:dsqrt: (numeric)numeric:numeric_sqrt:
gcd (int4,int4)int4:int4gcd: (int8,int8)int8:int8gcd: (numeric,numeric)numeric:numeric_gcd:
lcm (int4,int4)int4:int4lcm: (int8,int8)int8:int8lcm: (numeric,numeric)numeric:numeric_lcm:
scale (numeric)int4:numeric_scale:
min_scale (numeric)int4:numeric_min_scale:
trim_scale (numeric)numeric:numeric_trim_scale:
width_bucket (float8,float8,float8,int4)int4:width_bucket_float8: (numeric,numeric,numeric,int4)int4:width_bucket_numeric: (anycompatible,anycompatiblearray)int4:width_bucket_array:
lower (text)text:lower: (anyrange)anyelement:range_lower: (anymultirange)anyelement:multirange_lower:
upper (text)text:upper: (anyrange)anyelement:range_upper: (anymultirange)anyelement:multirange_upper:
initcap (text)text:initcap:
casefold (text)text:casefold:
length (text)int4:textlen: (bpchar)int4:bpcharlen: (lseg)float8:lseg_length: (path)float8:path_length: (bit)int4:bitlength: (bytea,name)int4:length_in_encoding:s (bytea)int4:byteaoctetlen: (tsvector)int4:tsvector_length:
char_length (bpchar)int4:bpcharlen: (text)int4:textlen:
character_length (bpchar)int4:bpcharlen: (text)int4:textlen:
octet_length (bytea)int4:byteaoctetlen: (text)int4:textoctetlen: (bpchar)int4:bpcharoctetlen: (bit)int4:bitoctetlength:
bit_length (bytea)int4:*: (text)int4:*: (bit)int4:*:
substring (text,int4,int4)text:text_substr: (text,int4)text:text_substr_no_len: (bit,int4,int4)bit:bitsubstr: (bit,int4)bit:bitsubstr_no_len: (bytea,int4,int4)bytea:bytea_substr: (bytea,int4)bytea:bytea_substr_no_len: (text,text)text:textregexsubstr: (text,text,text)text:*:
substr (text,int4,int4)text:text_substr: (text,int4)text:text_substr_no_len: (bytea,int4,int4)bytea:bytea_substr: (bytea,int4)bytea:bytea_substr_no_len:
position (text,text)int4:textpos: (bit,bit)int4:bitposition: (bytea,bytea)int4:byteapos:
strpos (text,text)int4:textpos:
left (text,int4)text:text_left:
right (text,int4)text:text_right:
btrim (text,text)text:btrim: (text)text:btrim1: (bytea,bytea)bytea:byteatrim:
ltrim (text,text)text:ltrim: (text)text:ltrim1: (bytea,bytea)bytea:bytealtrim:
rtrim (text,text)text:rtrim: (text)text:rtrim1: (bytea,bytea)bytea:byteartrim:
replace (text,text,text)text:replace_text:
split_part (text,text,int4)text:split_part:
concat (any)text:text_concat:vns
concat_ws (text,any)text:text_concat_ws:vns
lpad (text,int4,text)text:lpad: (text,int4)text:*:
rpad (text,int4,text)text:rpad: (text,int4)text:*:
repeat (text,int4)text:repeat:
reverse (text)text:text_reverse: (bytea)bytea:bytea_reverse:
starts_with (text,text)bool:text_starts_with:
ascii (text)int4:ascii:
chr (int4)text:chr:
md5 (text)text:md5_text: (bytea)text:md5_bytea:
sha224 (bytea)bytea:sha224_bytea:
sha256 (bytea)bytea:sha256_bytea:
sha384 (bytea)bytea:sha384_bytea:
sha512 (bytea)bytea:sha512_bytea:
encode (bytea,text)text:binary_encode:
decode (text,text)bytea:binary_decode:
to_hex (int4)text:to_hex32: (int8)text:to_hex64:
to_oct (int4)text:to_oct32: (int8)text:to_oct64:
to_bin (int4)text:to_bin32: (int8)text:to_bin64:
translate (text,text,text)text:translate:
overlay (bytea,bytea,int4,int4)bytea:byteaoverlay: (bytea,bytea,int4)bytea:byteaoverlay_no_len: (text,text,int4,int4)text:textoverlay: (text,text,int4)text:textoverlay_no_len: (bit,bit,int4,int4)bit:bitoverlay: (bit,bit,int4)bit:bitoverlay_no_len:
quote_literal (text)text:quote_literal: (anyelement)text:*:s
quote_ident (text)text:quote_ident:
format (text,any)text:text_format:vns (text)text:text_format_nv:ns
regexp_like (text,text)bool:regexp_like_no_flags: (text,text,text)bool:regexp_like:
regexp_replace (text,text,text)text:textregexreplace_noopt: (text,text,text,text)text:textregexreplace: (text,text,text,int4,int4,text)text:textregexreplace_extended: (text,text,text,int4,int4)text:textregexreplace_extended_no_flags: (text,text,text,int4)text:textregexreplace_extended_no_n:
regexp_substr (text,text)text:regexp_substr_no_start: (text,text,int4)text:regexp_substr_no_n: (text,text,int4,int4)text:regexp_substr_no_flags: (text,text,int4,int4,text)text:regexp_substr_no_subexpr: (text,text,int4,int4,text,int4)text:regexp_substr:
regexp_count (text,text)int4:regexp_count_no_start: (text,text,int4)int4:regexp_count_no_flags: (text,text,int4,text)int4:regexp_count:
regexp_match (text,text)_text:regexp_match_no_flags: (text,text,text)_text:regexp_match:
regexp_instr (text,text)int4:regexp_instr_no_start: (text,text,int4)int4:regexp_instr_no_n: (text,text,int4,int4)int4:regexp_instr_no_endoption: (text,text,int4,int4,int4)int4:regexp_instr_no_flags: (text,text,int4,int4,int4,text)int4:regexp_instr_no_subexpr: (text,text,int4,int4,int4,text,int4)int4:regexp_instr:
regexp_split_to_array (text,text)_text:regexp_split_to_array_no_flags: (text,text,text)_text:regexp_split_to_array:
like_escape (text,text)text:like_escape: (bytea,bytea)bytea:like_escape_bytea:
similar_to_escape (text,text)text:similar_to_escape_2: (text)text:similar_to_escape_1:
extract (text,date)numeric:extract_date: (text,time)numeric:extract_time: (text,timetz)numeric:extract_timetz: (text,timestamp)numeric:extract_timestamp: (text,timestamptz)numeric:extract_timestamptz:s (text,interval)numeric:extract_interval:
date_part (text,timestamptz)float8:timestamptz_part:s (text,interval)float8:interval_part: (text,timetz)float8:timetz_part: (text,date)float8:*: (text,time)float8:time_part: (text,timestamp)float8:timestamp_part:
date_trunc (text,timestamptz)timestamptz:timestamptz_trunc:s (text,interval)interval:interval_trunc: (text,timestamptz,text)timestamptz:timestamptz_trunc_zone: (text,timestamp)timestamp:timestamp_trunc:
date_bin (interval,timestamp,timestamp)timestamp:timestamp_bin: (interval,timestamptz,timestamptz)timestamptz:timestamptz_bin:
age (xid)int4:xid_age:s (timestamptz,timestamptz)interval:timestamptz_age: (timestamptz)interval:*:s (timestamp,timestamp)interval:timestamp_age: (timestamp)interval:*:s
make_date (int4,int4,int4)date:make_date:
make_time (int4,int4,float8)time:make_time:
make_timestamp (int4,int4,int4,int4,int4,float8)timestamp:make_timestamp:
make_timestamptz (int4,int4,int4,int4,int4,float8)timestamptz:make_timestamptz:s (int4,int4,int4,int4,int4,float8,text)timestamptz:make_timestamptz_at_timezone:s
make_interval (int4,int4,int4,int4,int4,int4,float8)interval:make_interval::7
justify_days (interval)interval:interval_justify_days:
justify_hours (interval)interval:interval_justify_hours:
justify_interval (interval)interval:interval_justify_interval:
isfinite (date)bool:date_finite: (timestamptz)bool:timestamp_finite: (interval)bool:interval_finite: (timestamp)bool:timestamp_finite:
timezone (interval,timestamptz)timestamp:timestamptz_izone: (text,timestamptz)timestamp:timestamptz_zone: (text,timetz)timetz:timetz_zone:s (interval,timetz)timetz:timetz_izone: (text,timestamp)timestamptz:timestamp_zone: (interval,timestamp)timestamptz:timestamp_izone: (timestamptz)timestamp:timestamptz_at_local:s (timestamp)timestamptz:timestamp_at_local:s (timetz)timetz:timetz_at_local:s
to_timestamp (float8)timestamptz:float8_timestamptz: (text,text)timestamptz:to_timestamp:s
date (timestamptz)date:timestamptz_date:s (timestamp)date:timestamp_date:
to_char (interval,text)text:interval_to_char:s (timestamptz,text)text:timestamptz_to_char:s (numeric,text)text:numeric_to_char:s (int4,text)text:int4_to_char:s (int8,text)text:int8_to_char:s (float4,text)text:float4_to_char:s (float8,text)text:float8_to_char:s (timestamp,text)text:timestamp_to_char:s
to_date (text,text)date:to_date:s
to_number (text,text)numeric:numeric_to_number:s
array_length (anyarray,int4)int4:array_length:
cardinality (anyarray)int4:array_cardinality:
array_upper (anyarray,int4)int4:array_upper:
array_lower (anyarray,int4)int4:array_lower:
array_ndims (anyarray)int4:array_ndims:
array_append (anycompatiblearray,anycompatible)anycompatiblearray:array_append:n
array_prepend (anycompatible,anycompatiblearray)anycompatiblearray:array_prepend:n
array_cat (anycompatiblearray,anycompatiblearray)anycompatiblearray:array_cat:n
array_position (anycompatiblearray,anycompatible)int4:array_position:n (anycompatiblearray,anycompatible,int4)int4:array_position_start:n
array_positions (anycompatiblearray,anycompatible)_int4:array_positions:n
array_remove (anycompatiblearray,anycompatible)anycompatiblearray:array_remove:n
array_replace (anycompatiblearray,anycompatible,anycompatible)anycompatiblearray:array_replace:n
array_to_string (anyarray,text,text)text:array_to_text_null:ns (anyarray,text)text:array_to_text:s
string_to_array (text,text,text)_text:text_to_array_null:n (text,text)_text:text_to_array:n
trim_array (anyarray,int4)anyarray:trim_array:
array_fill (anyelement,_int4)anyarray:array_fill:n (anyelement,_int4,_int4)anyarray:array_fill_with_lower_bounds:n
jsonb_typeof (jsonb)text:jsonb_typeof:
json_typeof (json)text:json_typeof:
jsonb_array_length (jsonb)int4:jsonb_array_length:
json_array_length (json)int4:json_array_length:
jsonb_extract_path (jsonb,_text)jsonb:jsonb_extract_path:v
jsonb_extract_path_text (jsonb,_text)text:jsonb_extract_path_text:v
json_extract_path (json,_text)json:json_extract_path:v
json_extract_path_text (json,_text)text:json_extract_path_text:v
jsonb_strip_nulls (jsonb,bool)jsonb:jsonb_strip_nulls::1
jsonb_set (jsonb,_text,jsonb,bool)jsonb:jsonb_set::1
jsonb_insert (jsonb,_text,jsonb,bool)jsonb:jsonb_insert::1
to_jsonb (anyelement)jsonb:to_jsonb:s
to_json (anyelement)json:to_json:s
jsonb_build_object (any)jsonb:jsonb_build_object:vns ()jsonb:jsonb_build_object_noargs:ns
jsonb_build_array (any)jsonb:jsonb_build_array:vns ()jsonb:jsonb_build_array_noargs:ns
json_build_object (any)json:json_build_object:vns ()json:json_build_object_noargs:ns
json_build_array (any)json:json_build_array:vns ()json:json_build_array_noargs:ns
jsonb_exists (jsonb,text)bool:jsonb_exists:
jsonb_path_exists (jsonb,jsonpath,jsonb,bool)bool:jsonb_path_exists::2
jsonb_path_match (jsonb,jsonpath,jsonb,bool)bool:jsonb_path_match::2
num_nulls (any)int4:pg_num_nulls:vn
num_nonnulls (any)int4:pg_num_nonnulls:vn
bit_count (bit)int8:bit_bit_count: (bytea)int8:bytea_bit_count:
get_bit (bytea,int8)int4:byteaGetBit: (bit,int4)int4:bitgetbit:
get_byte (bytea,int4)int4:byteaGetByte:
set_bit (bytea,int8,int4)bytea:byteaSetBit: (bit,int4,int4)bit:bitsetbit:
set_byte (bytea,int4,int4)bytea:byteaSetByte:
power (float8,float8)float8:dpow: (numeric,numeric)numeric:numeric_power:
pow (float8,float8)float8:dpow: (numeric,numeric)numeric:numeric_power:
exp (float8)float8:dexp: (numeric)numeric:numeric_exp:
ln (float8)float8:dlog1: (numeric)numeric:numeric_ln:
log (float8)float8:dlog10: (numeric,numeric)numeric:numeric_log: (numeric)numeric:*:
log10 (float8)float8:dlog10: (numeric)numeric:*:
cbrt (float8)float8:dcbrt:
degrees (float8)float8:degrees:
radians (float8)float8:radians:
pi ()float8:dpi:
sin (float8)float8:dsin:
cos (float8)float8:dcos:
tan (float8)float8:dtan:
asin (float8)float8:dasin:
acos (float8)float8:dacos:
atan (float8)float8:datan:
atan2 (float8,float8)float8:datan2:
factorial (int8)numeric:numeric_fac:
normalize (text,text)text:unicode_normalize_func::1
crc32 (bytea)int8:crc32_bytea:
uuid_extract_version (uuid)int2:uuid_extract_version:
uuid_extract_timestamp (uuid)timestamptz:uuid_extract_timestamp:
`;
