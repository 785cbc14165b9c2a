import { http } from '@google-cloud/functions-framework';
import { serveSchedule } from '../../shared/wiring/serve-schedule.ts';
import { adoptNewer } from './adopt-newer.ts';
import { sweep } from './sweep.ts';

/** The version that this instance knows to be adopted, so that it asks once. */
let adopted: number | undefined;

http(
  'smart-redeploy',
  serveSchedule(async its => {
    if (adopted !== its.configurationVersion) await adoptNewer(its);
    adopted = its.configurationVersion;
    await sweep(its);
  }),
);
