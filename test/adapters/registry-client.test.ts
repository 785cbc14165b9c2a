import test from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { registryContract } from '../contracts/registry.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';

const nobody = async () => undefined;
const somebody = { username: 'ada', password: 'p:ss wörd' };

registryContract(test, 'createRegistryClient() with the embedded registry', async t => ({
  client: createRegistryClient({ credentials: nobody }),
  host: await serveRegistry(t),
}));

registryContract(test, 'createRegistryClient() with the embedded registry and a password', async t => ({
  client: createRegistryClient({ credentials: async () => somebody }),
  host: await serveRegistry(t, {
    authorize: ({ username, password }) => username === somebody.username && password === somebody.password,
  }),
}));
