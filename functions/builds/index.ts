import { http } from '@google-cloud/functions-framework';
import { createBuilders } from '../../shared/wiring/builders.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createBuilds } from './handler.ts';

http(
  'builds',
  servePushes(['repos', 'registries'], its => createBuilds({ ...its, builder: createBuilders(its) })),
);
