import fc from 'fast-check';
import type { ErrorCode } from '../../shared/errors/error-table.ts';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';
import { type BadMessage, badMessages } from './bad-message.ts';
import {
  type ModelChange,
  type ModelImage,
  type ModelOutcome,
  type ModelValue,
  nullValue,
  ReplayModel,
  renderChange,
} from './replay-model.ts';
import { type TargetShape, toModelTable } from './target-shape.ts';

/** One change before the rows are known that it meets; small numbers that {@link buildChangeStream} gives a meaning. */
interface Draft {
  readonly partition: number;
  readonly op: 'c' | 'r' | 'u' | 'd' | 'bad';
  readonly key: number;
  readonly newKey: number;
  /** How `before` comes about: the key alone, a row that exists (whole or in part), columns at random, not at all. */
  readonly before: 'key' | 'row' | 'part' | 'random' | 'none';
  readonly row: number;
  readonly beforeMask: number;
  readonly afterMask: number;
  readonly values: readonly number[];
}

/** Drafts of a stream: few keys, so that changes of one row meet in one batch. */
export function changeDrafts(partitions: number, maxLength: number): fc.Arbitrary<Draft[]> {
  const small = fc.nat({ max: 3 });
  return fc.array(
    fc.record(
      {
        partition: fc.nat({ max: partitions - 1 }),
        op: fc.oneof(
          { weight: 5, arbitrary: fc.constant('c' as const) },
          { weight: 2, arbitrary: fc.constant('r' as const) },
          { weight: 6, arbitrary: fc.constant('u' as const) },
          { weight: 3, arbitrary: fc.constant('d' as const) },
          { weight: 1, arbitrary: fc.constant('bad' as const) },
        ),
        key: small,
        newKey: fc.oneof({ weight: 2, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: small }),
        before: fc.constantFrom('key', 'row', 'part', 'random', 'none'),
        row: fc.nat({ max: 7 }),
        beforeMask: fc.nat({ max: 255 }),
        afterMask: fc.oneof({ weight: 2, arbitrary: fc.constant(255) }, { weight: 1, arbitrary: fc.nat({ max: 255 }) }),
        values: fc.array(fc.nat({ max: 39 }), { minLength: 8, maxLength: 8 }),
      },
      { noNullPrototype: true },
    ),
    { minLength: 1, maxLength, size: 'max' },
  );
}

/** A record and what it says. */
export interface StreamRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string | Uint8Array;
  /** The change, or why there is none and which row the message names all the same. */
  readonly content: ModelChange | { readonly code: ErrorCode; readonly row: ModelImage | null };
}

/** A stream that is written to a table of one shape. */
export interface ChangeStream {
  readonly shape: TargetShape;
  readonly mode: WriteMode;
  /** Later changes of a row that a dead letter is about are dead letters (`poison.key=hold`). */
  readonly holdsRows: boolean;
  /** Records of each partition in offset order, from offset 0 without holes. */
  readonly partitions: readonly (readonly StreamRecord[])[];
}

/** What a plain in-order replay of a stream gives. */
export interface StreamReplay {
  /** By partition and offset. */
  readonly outcomes: readonly (readonly ModelOutcome[])[];
  readonly rows: readonly ModelImage[];
}

/** Gives the drafts their meaning while replaying them, partition by partition: partitions share no row. */
export function buildChangeStream(
  shape: TargetShape,
  mode: WriteMode,
  holdsRows: boolean,
  drafts: readonly Draft[],
  partitions: number,
): ChangeStream {
  const table = toModelTable(shape);
  const models = Array.from({ length: partitions }, () => new ReplayModel(table, mode, holdsRows));
  const records: StreamRecord[][] = models.map(() => []);
  for (const draft of drafts) {
    const model = models[draft.partition]!;
    const target = records[draft.partition]!;
    const place = { partition: draft.partition, offset: target.length };
    if (draft.op === 'bad') {
      const bad: BadMessage = badMessages[(draft.row * 7 + draft.key) % badMessages.length]!;
      const good = chooseImage(shape, draft, shape.keysOf(draft.partition)[0]!, 255);
      const content = { code: bad.code, row: bad.namesRow === true ? good : null };
      target.push({ ...place, value: bad.render(good, shape), content });
      replayContent(model, content, false);
      continue;
    }
    const change = toChange(shape, draft.op, draft, model);
    target.push({ ...place, value: renderChange(change), content: change });
    model.apply(change);
  }
  return { shape, mode, holdsRows, partitions: records };
}

/**
 * Replays a stream. A change that PostgreSQL would refuse is never shown to it when a later one of the same batch
 * replaces it wholly; which ones were depends on the batches, so the caller says so.
 */
export function replayStream(
  { shape, mode, holdsRows, partitions }: ChangeStream,
  isNeverShown: (record: StreamRecord) => boolean,
): StreamReplay {
  const models = partitions.map(() => new ReplayModel(toModelTable(shape), mode, holdsRows));
  const outcomes = partitions.map((records, partition) =>
    records.map((record) => replayContent(models[partition]!, record.content, isNeverShown(record))),
  );
  return { outcomes, rows: models.flatMap((model) => model.rows) };
}

function replayContent(model: ReplayModel, content: StreamRecord['content'], isNeverShown: boolean): ModelOutcome {
  if ('op' in content) return model.apply(content, isNeverShown);
  if (content.row !== null) model.hold(content.row);
  return content.code;
}

function toChange(shape: TargetShape, op: ModelChange['op'], draft: Draft, model: ReplayModel): ModelChange {
  const keys = shape.keysOf(draft.partition);
  const key = keys[draft.key % keys.length]!;
  const newKey = draft.newKey < 0 ? key : keys[draft.newKey % keys.length]!;
  if (op === 'c' || op === 'r') return { op, before: null, after: chooseImage(shape, draft, key, draft.afterMask) };
  const before = chooseBefore(shape, op, draft, key, model);
  if (op === 'd') return { op, before, after: null };
  // Without a changed key most updates keep the key of the row that they found.
  const kept = draft.newKey < 0 && before !== null ? pick(before, shape.key) : newKey;
  const after = chooseImage(shape, draft, shape.key.length > 0 ? kept : newKey, draft.afterMask);
  const leavesKeyOut = shape.key.length > 0 && before !== null && draft.newKey < 0 && draft.row === 7;
  return { op, before, after: leavesKeyOut ? omit(after, shape.key) : after };
}

function chooseBefore(
  shape: TargetShape,
  op: 'u' | 'd',
  draft: Draft,
  key: ModelImage,
  model: ReplayModel,
): ModelImage | null {
  const existing = model.rows.length === 0 ? undefined : model.rows[draft.row % model.rows.length];
  const always = Object.keys(key);
  switch (draft.before) {
    case 'none':
      // Without an image a row of a table without key cannot be located, and a delete says nothing at all.
      return op === 'u' && shape.key.length > 0 ? null : key;
    case 'row':
      return existing ?? key;
    case 'part':
      return existing === undefined ? key : pick(existing, [...always, ...masked(shape, draft.beforeMask)]);
    case 'random':
      return chooseImage(shape, draft, key, draft.beforeMask);
    case 'key':
      return key;
  }
}

/** The key with the columns of the mask, their values by the draft's numbers; one number in eight is null. */
function chooseImage(shape: TargetShape, draft: Draft, key: ModelImage, mask: number): ModelImage {
  const image: Record<string, ModelImage[string]> = {};
  const chosen = new Set(masked(shape, mask));
  for (const [index, column] of shape.columns.entries()) {
    if (column.name in key) image[column.name] = key[column.name]!;
    else if (chosen.has(column.name)) image[column.name] = chooseValue(column.pool, draft.values[index] ?? 0);
  }
  return image;
}

function chooseValue(pool: readonly ModelValue[], number: number): ModelValue {
  return number % 8 === 7 ? nullValue : (pool[number % pool.length] ?? nullValue);
}

function masked(shape: TargetShape, mask: number): string[] {
  return shape.columns.filter((_, index) => (mask >> index) % 2 === 1).map((column) => column.name);
}

function pick(image: ModelImage, columns: readonly string[]): ModelImage {
  return Object.fromEntries(Object.entries(image).filter(([column]) => columns.includes(column)));
}

function omit(image: ModelImage, columns: readonly string[]): ModelImage {
  return Object.fromEntries(Object.entries(image).filter(([column]) => !columns.includes(column)));
}
