import { http } from '@google-cloud/functions-framework';
import { createGates } from '../../shared/wiring/gates.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createPromote } from './handler.ts';

http(
  'promote',
  servePushes(['registries', 'gates'], its => ({
    promotions: createPromote({ ...its, ...createGates(its) }),
  })),
);
