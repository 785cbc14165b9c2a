import test from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { registryContract } from '../contracts/registry.ts';
import { need } from '../helpers/need.ts';

registryContract(test, 'createRegistryClient() with Distribution', async t => {
  const host = need('LAB_REGISTRY');
  if (host === undefined) {
    t.log('skipped: LAB_REGISTRY is not set');
    t.pass();
    return undefined;
  }
  return { client: createRegistryClient({ credentials: async () => undefined }), host };
});
