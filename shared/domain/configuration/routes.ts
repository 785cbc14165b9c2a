import { z } from 'zod';
import { Duration } from '../durations.ts';
import { ApiUrl, HostName } from './texts.ts';

const PATH = 'expected a path such as /api, without * and without a slash at its end';
const FOLDER = 'expected an absolute path, which Caddy knows it by too';
const LISTEN = 'expected :PORT or ADDRESS:PORT, in quotes';

/** Which requests a service answers, behind the proxy of its target. */
export const Route = z.strictObject({
  host: HostName.describe('e.g. shop.acme.com.'),
  path: z
    .string(PATH)
    .regex(/^\/[\w.~/-]*(?<!.\/)$/, PATH)
    .optional()
    .describe(
      'This path and all below it, passed on as it is; the longer one counts. Every path when absent.',
    ),
  port: z.int().min(1).max(65_535).describe('Where the container listens. It need not be published.'),
});

/** A Caddy server that leads requests to the containers of a target. */
export const CaddySettings = z.strictObject({
  admin: ApiUrl.default('http://127.0.0.1:2019').describe("Caddy's admin API."),
  listen: z
    .array(z.string(LISTEN).regex(/^(?:[\w.-]+|\[[\da-f:.]+\])?:\d{1,5}$/i, LISTEN))
    .min(1)
    .default([':80'])
    .describe('Where Caddy listens for these services. With :443 it obtains their certificates.'),
  folder: z
    .string(FOLDER)
    .startsWith('/', FOLDER)
    .optional()
    .describe(
      'One that Caddy can read too. The address of each container is then a file there, and a deploy cuts no connection; without it, each deploy changes the configuration of Caddy, which cuts those that are idle or just being made.',
    ),
  drain: Duration.default('2s').describe('How long the old container may still finish what it was asked.'),
});
