import { http } from '@google-cloud/functions-framework';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createNotices } from './handler.ts';

http(
  'notices',
  servePushes(['repos', 'registries'], its => ({ notices: createNotices(its) })),
);
