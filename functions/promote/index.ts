import { http } from '@google-cloud/functions-framework';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createPromote } from './handler.ts';

http(
  'promote',
  servePushes(['registries'], its => ({ promotions: createPromote(its) })),
);
