import { http } from '@google-cloud/functions-framework';
import { createArtifacts } from '../../shared/wiring/artifacts.ts';
import { serveSchedule } from '../../shared/wiring/serve-schedule.ts';
import { createTargets } from '../../shared/wiring/targets.ts';
import { adoptNewer } from './adopt-newer.ts';
import { removeResults } from './remove-results.ts';
import { createSurveys } from './surveys.ts';
import { sweep } from './sweep.ts';

/** The version that this instance knows to be adopted, so that it asks once. */
let adopted: number | undefined;
/** Where the sweep before stopped short in this instance. */
const stops = new Map<string, string>();

http(
  'smart-redeploy',
  serveSchedule({
    async always(its) {
      if (adopted !== its.configurationVersion) await adoptNewer(its);
      adopted = its.configurationVersion;
      await sweep({ ...its, stops });
    },
    sections: ['repos', 'registries', 'targets', 'services'],
    serve(its) {
      const target = createTargets({ ...its, manifests: its.folders.manifests });
      const surveys = createSurveys({ ...its, target });
      const artifacts = createArtifacts(its);
      return async ({ query }) => {
        if (!query.has('dryRun')) {
          await surveys.whenDue();
          await removeResults({ ...its, artifacts });
          return { status: 204 };
        }
        const report = await surveys.now({ dryRun: query.get('dryRun') !== 'false' });
        return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(report) };
      };
    },
  }),
);
