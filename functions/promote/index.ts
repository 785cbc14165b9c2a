import { http } from '@google-cloud/functions-framework';
import { createGates } from '../../shared/wiring/gates.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createWikis } from '../../shared/wiring/wikis.ts';
import { createPromote } from './handler.ts';

http(
  'promote',
  servePushes(['registries', 'gates', 'wikis'], its => ({
    promotions: createPromote({ ...its, ...createGates(its), wiki: createWikis(its) }),
  })),
);
