import test from 'ava';
import { createLayersBuilder } from '../../shared/adapters/builders/layers/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { builderContract } from '../contracts/builder.ts';
import { createMemoryImageStore } from '../helpers/memory-image-store.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';

const KIND = {
  repeatable: true,
  checksFirst: false,
  keepsSecrets: false,
  hasOutput: true,
  stepsApart: true,
  keepsImages: false,
};

builderContract(test, { ...KIND, name: 'layers' }, async () => {
  const { store } = createMemoryImageStore();
  return { builder: createLayersBuilder({ store }), store, registry: 'registry.example' };
});

builderContract(test, { ...KIND, name: 'layers (to the embedded registry)' }, async t => {
  const registry = await serveRegistry(t);
  const store = createRegistryClient({ credentials: async () => undefined });
  return { builder: createLayersBuilder({ store }), store, registry };
});
