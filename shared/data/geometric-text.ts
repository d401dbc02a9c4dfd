import { ExactNumber, isFields, type Fields, type Value } from './value.ts';

/** PostgreSQL's own geometric types. */
export type GeometricType = 'point' | 'line' | 'lseg' | 'box' | 'path' | 'polygon' | 'circle';

type Point = readonly [x: string, y: string];

/** More points than this are not read out of one value. */
const maxPoints = 1_000_000;

/**
 * The text of one of Debezium's geometric values (`io.debezium.data.geometry.*`, bytes or base64) as PostgreSQL's own
 * types read it; undefined for what is no such value.
 *
 * Source: Debezium, documentation of the PostgreSQL connector, "Geometric types"; `extensions.closed` tells a closed path.
 */
export function toGeometricText(value: Value, type: GeometricType): string | undefined {
  if (!isFields(value)) return undefined;
  switch (type) {
    case 'point': {
      const point = 'x' in value ? toPoint(value) : readWkbPoints(value)?.[0];
      return point && show(point);
    }
    case 'line': {
      const [a, b, c] = [toNumberText(value.a), toNumberText(value.b), toNumberText(value.c)];
      return a === undefined || b === undefined || c === undefined ? undefined : `{${a},${b},${c}}`;
    }
    case 'circle': {
      const center = isFields(value.center) ? toPoint(value.center) : undefined;
      const radius = toNumberText(value.radius);
      return center === undefined || radius === undefined ? undefined : `<${show(center)},${radius}>`;
    }
    default:
      return fromPoints(readWkbPoints(value), type, isClosed(value));
  }
}

/**
 * The hexadecimal EWKB of a geometry or a point, which PostGIS reads; undefined for what is none. Debezium sends the
 * spatial reference system beside well-known binary without one.
 */
export function toEwkbHex(value: Value): string | undefined {
  const wkb = isFields(value) ? toWkb(value) : undefined;
  if (wkb === undefined || wkb.length < 5) return undefined;
  const srid = isFields(value) ? value.srid : undefined;
  const isLittle = wkb[0] === 1;
  const type = isLittle ? wkb.readUInt32LE(1) : wkb.readUInt32BE(1);
  if (typeof srid !== 'number' || srid === 0 || (type & hasSrid) !== 0) return wkb.toString('hex');
  const head = Buffer.alloc(9);
  head[0] = wkb[0]!;
  const flagged = (type | hasSrid) >>> 0;
  if (isLittle) {
    head.writeUInt32LE(flagged, 1);
    head.writeInt32LE(srid, 5);
  } else {
    head.writeUInt32BE(flagged, 1);
    head.writeInt32BE(srid, 5);
  }
  return head.toString('hex') + wkb.subarray(5).toString('hex');
}

const hasSrid = 0x2000_0000;

function fromPoints(points: Point[] | undefined, type: GeometricType, closed: boolean): string | undefined {
  if (points === undefined || points.length === 0) return undefined;
  const isRing = points.length > 1 && show(points[0]!) === show(points.at(-1)!);
  // A ring of well-known binary ends where it starts; PostgreSQL's does not.
  const open = isRing ? points.slice(0, -1) : points;
  switch (type) {
    case 'box': {
      const xs = points.map(([x]) => Number(x));
      const ys = points.map(([, y]) => Number(y));
      return `(${max(xs)},${max(ys)}),(${min(xs)},${min(ys)})`;
    }
    case 'lseg':
      return points.length < 2 ? undefined : `[${show(points[0]!)},${show(points[1]!)}]`;
    case 'path':
      return closed ? `(${open.map(show).join(',')})` : `[${points.map(show).join(',')}]`;
    default:
      return `(${open.map(show).join(',')})`;
  }
}

function isClosed({ extensions }: Fields): boolean {
  const closed = isFields(extensions ?? null) ? (extensions as Fields).closed : undefined;
  return closed === true || closed === 'true';
}

function toPoint(value: Fields): Point | undefined {
  const [x, y] = [toNumberText(value.x), toNumberText(value.y)];
  return x === undefined || y === undefined ? undefined : [x, y];
}

function toNumberText(value: Value | undefined): string | undefined {
  if (value instanceof ExactNumber) return value.source;
  return typeof value === 'number' ? String(value) : undefined;
}

function toWkb({ wkb }: Fields): Buffer | undefined {
  if (Buffer.isBuffer(wkb)) return wkb;
  return typeof wkb === 'string' ? Buffer.from(wkb, 'base64') : undefined;
}

/** The points of a point, a line or a polygon in two dimensions. */
function readWkbPoints(value: Fields): Point[] | undefined {
  const wkb = toWkb(value);
  if (wkb === undefined || wkb.length < 5) return undefined;
  const isLittle = wkb[0] === 1;
  let position = 1;
  const count = () => {
    position += 4;
    if (position > wkb.length) return undefined;
    return isLittle ? wkb.readUInt32LE(position - 4) : wkb.readUInt32BE(position - 4);
  };
  const number = () => {
    position += 8;
    return String(isLittle ? wkb.readDoubleLE(position - 8) : wkb.readDoubleBE(position - 8));
  };
  const type = count()!;
  if ((type & hasSrid) !== 0) position += 4;
  const kind = (type & ~hasSrid) >>> 0;
  const pointKind = 1;
  const polygonKind = 3;
  if (kind < pointKind || kind > polygonKind) return undefined;
  // Of a polygon the outer ring alone: PostgreSQL's has no holes.
  if (kind === polygonKind && count() !== 1) return undefined;
  const length = kind === pointKind ? 1 : count();
  if (length === undefined || length > maxPoints || position + length * 16 > wkb.length) return undefined;
  return Array.from({ length }, (): Point => [number(), number()]);
}

function show([x, y]: Point): string {
  return `(${x},${y})`;
}

function max(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}

function min(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}
