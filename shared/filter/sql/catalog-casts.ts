/**
 * Every cast of PostgreSQL 18: a source type, then `target,context,function,arguments` of each. Context: `i` implicit, `a` on
 * assignment, `e` explicit; `!b` needs no function, `!i` goes over text. Rows of
 * `pg_cast`.
 */
export const castRows = `
bool int4,e,bool_int4,1 text,a,booltext,1 bpchar,a,booltext,1 varchar,a,booltext,1
bytea int8,e,bytea_int8,1 int2,e,bytea_int2,1 int4,e,bytea_int4,1
char int4,e,chartoi4,1 text,i,char_text,1 bpchar,a,char_bpchar,1 varchar,a,char_text,1
name text,i,name_text,1 bpchar,a,name_bpchar,1 varchar,a,name_text,1
int8 bytea,e,int8_bytea,1 int2,a,int82,1 int4,a,int84,1 regproc,i,i8tooid,1 oid,i,i8tooid,1 float4,i,i8tof,1 float8,i,i8tod,1 money,a,int8_cash,1 bit,e,bitfromint8,2 numeric,i,int8_numeric,1 regprocedure,i,i8tooid,1 regoper,i,i8tooid,1 regoperator,i,i8tooid,1 regclass,i,i8tooid,1 regtype,i,i8tooid,1 regconfig,i,i8tooid,1 regdictionary,i,i8tooid,1 regnamespace,i,i8tooid,1 regrole,i,i8tooid,1 regcollation,i,i8tooid,1
int2 bytea,e,int2_bytea,1 int8,i,int28,1 int4,i,i2toi4,1 regproc,i,i2toi4,1 oid,i,i2toi4,1 float4,i,i2tof,1 float8,i,i2tod,1 numeric,i,int2_numeric,1 regprocedure,i,i2toi4,1 regoper,i,i2toi4,1 regoperator,i,i2toi4,1 regclass,i,i2toi4,1 regtype,i,i2toi4,1 regconfig,i,i2toi4,1 regdictionary,i,i2toi4,1 regnamespace,i,i2toi4,1 regrole,i,i2toi4,1 regcollation,i,i2toi4,1
int4 bool,e,int4_bool,1 bytea,e,int4_bytea,1 char,e,i4tochar,1 int8,i,int48,1 int2,a,i4toi2,1 regproc,i,!b,0 oid,i,!b,0 float4,i,i4tof,1 float8,i,i4tod,1 money,a,int4_cash,1 bit,e,bitfromint4,2 numeric,i,int4_numeric,1 regprocedure,i,!b,0 regoper,i,!b,0 regoperator,i,!b,0 regclass,i,!b,0 regtype,i,!b,0 regconfig,i,!b,0 regdictionary,i,!b,0 regnamespace,i,!b,0 regrole,i,!b,0 regcollation,i,!b,0
regproc int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0 regprocedure,i,!b,0
text char,a,text_char,1 name,i,text_name,1 xml,e,texttoxml,1 bpchar,i,!b,0 varchar,i,!b,0 regclass,i,text_regclass,1
oid int8,a,oidtoi8,1 int4,a,!b,0 regproc,i,!b,0 regprocedure,i,!b,0 regoper,i,!b,0 regoperator,i,!b,0 regclass,i,!b,0 regtype,i,!b,0 regconfig,i,!b,0 regdictionary,i,!b,0 regnamespace,i,!b,0 regrole,i,!b,0 regcollation,i,!b,0
json jsonb,a,!i,0
xml text,a,!b,0 bpchar,a,!b,0 varchar,a,!b,0
pg_node_tree text,i,!b,0
point box,a,point_box,1
lseg point,e,lseg_center,1
path polygon,a,path_poly,1
box point,e,box_center,1 lseg,e,box_diagonal,1 polygon,a,box_poly,1 circle,e,box_circle,1
polygon point,e,poly_center,1 path,a,poly_path,1 box,e,poly_box,1 circle,e,poly_circle,1
cidr text,a,network_show,1 inet,i,!b,0 bpchar,a,network_show,1 varchar,a,network_show,1
float4 int8,a,ftoi8,1 int2,a,ftoi2,1 int4,a,ftoi4,1 float8,i,ftod,1 numeric,a,float4_numeric,1
float8 int8,a,dtoi8,1 int2,a,dtoi2,1 int4,a,dtoi4,1 float4,a,dtof,1 numeric,a,float8_numeric,1
circle point,e,circle_center,1 box,e,circle_box,1 polygon,e,polygon(),1
macaddr8 macaddr,i,macaddr8tomacaddr,1
money numeric,a,cash_numeric,1
macaddr macaddr8,i,macaddrtomacaddr8,1
inet text,a,network_show,1 cidr,a,inet_to_cidr,1 bpchar,a,network_show,1 varchar,a,network_show,1
bpchar char,a,text_char,1 name,i,bpchar_name,1 text,i,rtrim1,1 xml,e,texttoxml,1 bpchar,i,bpchar,3 varchar,i,rtrim1,1
varchar char,a,text_char,1 name,i,text_name,1 text,i,!b,0 xml,e,texttoxml,1 bpchar,i,!b,0 varchar,i,varchar,3 regclass,i,text_regclass,1
date timestamp,i,date_timestamp,1 timestamptz,i,date_timestamptz,1
time time,i,time_scale,2 interval,i,time_interval,1 timetz,i,time_timetz,1
timestamp date,a,timestamp_date,1 time,a,timestamp_time,1 timestamp,i,timestamp_scale,2 timestamptz,i,timestamp_timestamptz,1
timestamptz date,a,timestamptz_date,1 time,a,timestamptz_time,1 timestamp,a,timestamptz_timestamp,1 timestamptz,i,timestamptz_scale,2 timetz,a,timestamptz_timetz,1
interval time,a,interval_time,1 interval,i,interval_scale,2
timetz time,a,timetz_time,1 timetz,i,timetz_scale,2
bit int8,e,bittoint8,1 int4,e,bittoint4,1 bit,i,bit,3 varbit,i,!b,0
varbit bit,i,!b,0 varbit,i,varbit,3
numeric int8,a,numeric_int8,1 int2,a,numeric_int2,1 int4,a,numeric_int4,1 float4,i,numeric_float4,1 float8,i,numeric_float8,1 money,a,numeric_cash,1 numeric,i,numeric,2
regprocedure int8,a,oidtoi8,1 int4,a,!b,0 regproc,i,!b,0 oid,i,!b,0
regoper int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0 regoperator,i,!b,0
regoperator int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0 regoper,i,!b,0
regclass int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
regtype int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
pg_ndistinct bytea,i,!b,0 text,i,!i,0
pg_dependencies bytea,i,!b,0 text,i,!i,0
regconfig int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
regdictionary int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
jsonb bool,e,jsonb_bool,1 int8,e,jsonb_int8,1 int2,e,jsonb_int2,1 int4,e,jsonb_int4,1 json,a,!i,0 float4,e,jsonb_float4,1 float8,e,jsonb_float8,1 numeric,e,jsonb_numeric,1
int4range int4multirange,e,multirange_constructor1,1
numrange nummultirange,e,multirange_constructor1,1
tsrange tsmultirange,e,multirange_constructor1,1
tstzrange tstzmultirange,e,multirange_constructor1,1
daterange datemultirange,e,multirange_constructor1,1
int8range int8multirange,e,multirange_constructor1,1
regnamespace int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
regrole int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
regcollation int8,a,oidtoi8,1 int4,a,!b,0 oid,i,!b,0
pg_mcv_list bytea,i,!b,0 text,i,!i,0
xid8 xid,e,xid8toxid,1
`;
