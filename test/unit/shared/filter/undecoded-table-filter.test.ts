import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createTableFilter } from '../../../../shared/filter/table-filter.ts';
import { decideUndecoded } from '../../../../shared/filter/undecoded-table-filter.ts';

const filter = createTableFilter({ tableInclude: [/dbo\.orders/] });

describe('the decision without decoding', () => {
  it('includes everything when there is no table list', () => {
    assert.equal(decideUndecoded(createTableFilter({}), 'any', Buffer.from('{"source":1}')), true);
  });

  it('goes by the topic when the value cannot have a source block, JSON or not', () => {
    for (const text of ['{"op":"c","before":null,"after":{"id":1}}', 'not JSON', '']) {
      assert.equal(decideUndecoded(filter, 's.dbo.orders', Buffer.from(text)), true);
      assert.equal(decideUndecoded(filter, 's.dbo.items', Buffer.from(text)), false);
    }
  });

  it('goes by the topic for a tombstone', () => {
    assert.equal(decideUndecoded(filter, 's.dbo.orders', null), true);
    assert.equal(decideUndecoded(filter, 's.dbo.items', null), false);
  });

  it('is left open when a source block may be there, however it is spelled', () => {
    assert.equal(decideUndecoded(filter, 's.dbo.items', Buffer.from('{"source":{"table":"orders"}}')), undefined);
    assert.equal(decideUndecoded(filter, 's.dbo.items', Buffer.from('{"\\u0073ource":{}}')), undefined);
  });

  it('is never given for a JSON object that has a member called source', () => {
    const spelled = fc
      .array(fc.boolean(), { minLength: 6, maxLength: 6 })
      .map((escaped) => [...'source'].map((letter, index) => (escaped[index] ? toEscape(letter) : letter)).join(''));
    fc.assert(
      fc.property(spelled, fc.json(), (member, value) => {
        const text = `{"op":"c","${member}":${value}}`;
        assert.ok('source' in (JSON.parse(text) as object));
        assert.equal(decideUndecoded(filter, 's.dbo.items', Buffer.from(text)), undefined);
      }),
    );
  });
});

function toEscape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
