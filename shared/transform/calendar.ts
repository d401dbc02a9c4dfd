/** A day of the calendar that Java's `GregorianCalendar` has: Julian before 15 October 1582. */
export interface CivilDay {
  /** Astronomical: 0 is 1 BC. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Days from 1970-01-01 to the first Gregorian day. */
const gregorianStart = -141_427;

/** Days from 1970-01-01 of a day; months and days beyond their ranges count on into other years and months. */
export function toEpochDay(year: number, month: number, day: number): number {
  const wholeYear = year + Math.floor((month - 1) / 12);
  const wholeMonth = ((((month - 1) % 12) + 12) % 12) + 1;
  // Years that begin in March, so that the leap day is the last.
  const y = wholeMonth <= 2 ? wholeYear - 1 : wholeYear;
  const monthDays = Math.floor((153 * ((wholeMonth + 9) % 12) + 2) / 5);
  const base = 365 * y + Math.floor(y / 4) + monthDays + (day - 1);
  const gregorian = base - Math.floor(y / 100) + Math.floor(y / 400) - 719_468;
  return gregorian >= gregorianStart ? gregorian : base - 719_470;
}

/** The day of the calendar. */
export function toCivilDay(days: number): CivilDay {
  return days >= gregorianStart ? toGregorianDay(days) : toJulianDay(days);
}

/** 1 for the first of January. */
export function dayOfYear(days: number): number {
  return days - toEpochDay(toCivilDay(days).year, 1, 1) + 1;
}

/** 0 for Sunday. */
export function dayOfWeek(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

function toGregorianDay(days: number): CivilDay {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  return toDay(yearOfEra + era * 400, ofYear);
}

function toJulianDay(days: number): CivilDay {
  const z = days + 719_470;
  const era = Math.floor(z / 1_461);
  const ofEra = z - era * 1_461;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1_460)) / 365);
  return toDay(yearOfEra + era * 4, ofEra - 365 * yearOfEra);
}

/** `ofYear`: days since the first of March of the year. */
function toDay(year: number, ofYear: number): CivilDay {
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: month <= 2 ? year + 1 : year, month, day };
}
