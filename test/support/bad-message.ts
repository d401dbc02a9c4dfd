import type { ErrorCode } from '../../shared/errors/error-table.ts';
import type { ModelImage } from './replay-model.ts';
import { renderChange } from './replay-model.ts';
import type { TargetShape } from './target-shape.ts';

/** A kind of message that can never apply to any table. */
export interface BadMessage {
  /** What is wrong, for the name of a test. */
  readonly name: string;
  /** Code of its dead letter. */
  readonly code: ErrorCode;
  /** The row of the image can be told although the message cannot be applied. */
  readonly namesRow?: boolean;
  /** The message, made from an image that would be good. */
  readonly render: (good: ModelImage, shape: Pick<TargetShape, 'key'>) => string | Uint8Array;
}

function create(image: ModelImage): string {
  return renderChange({ op: 'c', before: null, after: image });
}

/** Messages whose fault lies in themselves, whatever the target's columns are. */
export const badMessages: readonly BadMessage[] = [
  { name: 'not JSON', code: 'VALUE_NOT_JSON', render: (good) => create(good).slice(0, -1) },
  { name: 'not UTF-8', code: 'VALUE_NOT_JSON', render: () => Uint8Array.of(0x22, 0xc3, 0x28, 0x22) },
  { name: 'empty', code: 'VALUE_NOT_JSON', render: () => '' },
  { name: 'no object', code: 'CHANGE_INVALID', render: () => '[1,2]' },
  { name: 'no op', code: 'CHANGE_INVALID', render: (good) => create(good).replace('"op":"c"', '"po":"c"') },
  { name: 'an unknown op', code: 'CHANGE_INVALID', render: (good) => create(good).replace('"op":"c"', '"op":"x"') },
  { name: 'no after image', code: 'CHANGE_INVALID', render: () => '{"before":null,"after":null,"op":"c"}' },
  { name: 'no before image', code: 'CHANGE_INVALID', render: () => '{"before":null,"after":null,"op":"d"}' },
  { name: 'an image that is no object', code: 'CHANGE_INVALID', render: () => '{"before":null,"after":7,"op":"c"}' },
  {
    name: 'an unknown column',
    code: 'COLUMN_UNKNOWN',
    namesRow: true,
    render: (good) => create({ ...good, no_such_column: { json: '1', text: '1' } }),
  },
];
