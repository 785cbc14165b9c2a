import { http } from '@google-cloud/functions-framework';
import { serveSchedule } from '../../shared/wiring/serve-schedule.ts';
import { adoptConfiguration } from './adopt-configuration.ts';
import { sweep } from './sweep.ts';

/** The configuration that this instance has made documents of. */
let adopted: unknown;

http(
  'smart-redeploy',
  serveSchedule(async its => {
    if (adopted !== its.configuration) await adoptConfiguration(its);
    adopted = its.configuration;
    await sweep(its);
  }),
);
