import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeTextArray } from '../../../../shared/postgres/text-array.ts';

describe('the binary form of text[]', () => {
  it('has one dimension from 1, the element type, and length-prefixed elements', () => {
    assert.equal(
      encodeTextArray(['a', null, 'é']).toString('hex'),
      ['00000001', '00000001', '00000019', '00000003', '00000001', '0000000161', 'ffffffff', '00000002c3a9'].join(''),
    );
  });

  it('says when no element is null', () => assert.equal(encodeTextArray(['a']).readInt32BE(4), 0));
});
