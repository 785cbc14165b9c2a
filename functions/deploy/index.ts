import { http } from '@google-cloud/functions-framework';
import { calendar } from '../../shared/adapters/windows/calendar.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createTargets } from '../../shared/wiring/targets.ts';
import { createDeploy } from './handler.ts';

http(
  'deploy',
  servePushes(['registries', 'targets', 'services'], its => ({
    deploys: createDeploy({
      ...its,
      calendar,
      target: createTargets({ ...its, manifests: its.folders.manifests }),
    }),
  })),
);
