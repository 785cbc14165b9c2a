import { http } from '@google-cloud/functions-framework';
import { createEngine } from '../../shared/wiring/engine.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createBuilds } from './handler.ts';

http(
  'builds',
  servePushes(['repos', 'registries', 'images', 'builders'], its =>
    createBuilds({ ...its, ...createEngine(its) }),
  ),
);
