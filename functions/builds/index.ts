import { http } from '@google-cloud/functions-framework';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createBuilds } from './handler.ts';

http('builds', servePushes(['repos', 'registries'], createBuilds));
