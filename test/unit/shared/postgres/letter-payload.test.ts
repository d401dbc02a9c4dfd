import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { decryptPayload, encodePayload, parseEncryptionKey } from '../../../../shared/postgres/letter-payload.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const key = randomBytes(32);
const record = toEventRecord({
  topic: 't',
  partition: 3,
  offset: 41,
  key: 'the key',
  value: 'the value',
  headers: [['h', Uint8Array.of(200)]],
});
const isConfigError = (error: unknown) => isSluiceError(error, 'config');

describe('the payload of a dead letter', () => {
  it('comes back from its encryption, and differs each time', () => {
    const sealed = encodePayload('c', record, { form: 'encrypted', key });
    assert.notDeepEqual(sealed, encodePayload('c', record, { form: 'encrypted', key }));
    assert.ok(!sealed.value!.includes('value') && !sealed.headers.includes('"h"'));
    const stored = { ...sealed, headers: JSON.parse(sealed.headers) };
    const opened = decryptPayload('c', record, stored, key);
    assert.equal(opened.key!.toString(), 'the key');
    assert.equal(opened.value!.toString(), 'the value');
    assert.deepEqual(opened.headers, [{ name: 'h', value: 'yA==' }]);
  });

  it('cannot be opened with another key, at another place, or after a change', () => {
    const sealed = encodePayload('c', record, { form: 'encrypted', key });
    const stored = { ...sealed, headers: JSON.parse(sealed.headers) };
    assert.throws(() => decryptPayload('c', record, stored, randomBytes(32)), isConfigError);
    assert.throws(() => decryptPayload('c', { ...record, offset: 42 }, stored, key), isConfigError);
    assert.throws(() => decryptPayload('d', record, stored, key), isConfigError);
    assert.throws(() => decryptPayload('c', record, { ...stored, value: stored.key }, key), isConfigError);
  });

  it('keeps what is absent absent', () => {
    const bare = toEventRecord({ topic: 't', partition: 0, offset: 0 });
    const sealed = encodePayload('c', bare, { form: 'encrypted', key });
    assert.deepEqual([sealed.key, sealed.value], [null, null]);
    assert.deepEqual(encodePayload('c', record, { form: 'none' }), { key: null, value: null, headers: '[]' });
  });

  it('takes a key of 32 bytes in base64 or hexadecimal, and tells of no other', () => {
    assert.deepEqual(parseEncryptionKey(`${key.toString('base64')}\n`), key);
    assert.deepEqual(parseEncryptionKey(key.toString('hex')), key);
    for (const wrong of ['', 'secret', randomBytes(16).toString('base64'), randomBytes(16).toString('hex')]) {
      assert.throws(
        () => parseEncryptionKey(wrong),
        (error) => isConfigError(error) && (wrong === '' || !(error as Error).message.includes(wrong)),
      );
    }
  });
});
