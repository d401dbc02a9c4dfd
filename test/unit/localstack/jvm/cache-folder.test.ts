import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkoutDir } from '../../../../localstack/cli/data-dir-option.ts';
import { cacheFolder } from '../../../../localstack/jvm/cache-folder.ts';

test('downloads are kept in .sluice of the checkout, whatever the data folder, or where SLUICE_CACHE_DIR says', () => {
  const inCheckout = join(checkoutDir, '.sluice', 'cache');
  assert.equal(cacheFolder({}), inCheckout);
  assert.equal(cacheFolder({ SLUICE_DATA_DIR: '/elsewhere', SLUICE_CACHE_DIR: '' }), inCheckout);
  assert.equal(cacheFolder({ SLUICE_CACHE_DIR: '/shared/cache' }), '/shared/cache');
});
