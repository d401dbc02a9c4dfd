/** Parts of a date, a time or an interval that `extract` and `date_trunc` know, with their other names. */
const names: Readonly<Record<string, string>> = {
  microseconds: 'microsecond us usec usecs useconds microsecon',
  milliseconds: 'millisecond ms msec msecs mseconds millisecon',
  second: 'seconds s sec secs',
  minute: 'minutes m min mins',
  hour: 'hours h hr hrs',
  day: 'days d',
  week: 'weeks w',
  month: 'months mon mons',
  quarter: 'qtr',
  year: 'years y yr yrs',
  decade: 'decades dec decs',
  century: 'centuries c cent',
  millennium: 'millennia mil mils',
  julian: 'j',
  isoyear: '',
  dow: '',
  isodow: '',
  doy: '',
  epoch: '',
  timezone: '',
  timezone_hour: 'timezone_h',
  timezone_minute: 'timezone_m',
};

const units = new Map(
  Object.entries(names).flatMap(([unit, others]) =>
    [unit, ...others.split(' ').filter(Boolean)].map((name) => [name, unit]),
  ),
);

/** Canonical name of a unit; undefined for one that there is not. */
export function parseUnit(text: string): string | undefined {
  return units.get(text.toLowerCase());
}
