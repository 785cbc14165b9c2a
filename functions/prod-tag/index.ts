import { http } from '@google-cloud/functions-framework';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createProdTag } from './handler.ts';

http(
  'prod-tag',
  servePushes(['repos', 'registries'], its => ({ tags: createProdTag(its) })),
);
