import { http } from '@google-cloud/functions-framework';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createTargets } from '../../shared/wiring/targets.ts';
import { createDeploy } from './handler.ts';

http(
  'deploy',
  servePushes(['registries', 'targets', 'services'], its => ({
    deploys: createDeploy({ ...its, target: createTargets({ ...its, manifests: its.folders.manifests }) }),
  })),
);
