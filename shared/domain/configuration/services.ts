import { z } from 'zod';
import { Duration } from '../durations.ts';
import { Command, Companion, Healthy, Volumes } from './companions.ts';
import { CronLine } from './cron-line.ts';
import { Route } from './routes.ts';
import { TextOrSecret } from './secret-reference.ts';
import { Name, named, Some, TagName, TimeZone } from './texts.ts';

const Window = z.strictObject({
  opens: CronLine.describe(
    'When it opens, as cron has it: minute hour day month weekday, e.g. 0 9 * * mon-fri.',
  ),
  lasts: Duration.describe('How long it stays open, e.g. 8h.'),
  timeZone: TimeZone.default('UTC').describe('Where the clock stands, e.g. Europe/Berlin.'),
});
export type Window = z.infer<typeof Window>;

/** Something at a target that follows an image and tag. */
export const Service = z.strictObject({
  target: Name.describe('Where it runs: a name under targets.'),
  image: Name.describe('What it runs: a name under images.'),
  tag: TagName.describe('Which of its tags it follows: a name under tags.'),
  workload: Some.optional().describe(
    "What the target calls it; the service's own name when absent. kubernetes: NAME, KIND/NAME or NAMESPACE/KIND/NAME " +
      '(deployment, statefulset, daemonset, cronjob, job). heroku: APP/PROCESS. ecs, swarm, swarmpit, cloud-run: its name there.',
  ),
  container: Some.optional().describe(
    'kubernetes, ecs, cloud-run: which container, where several run together; the one with this image when absent.',
  ),
  timeout: Duration.default('5m').describe('How long it may take until it is observed running.'),
  onFailure: z
    .enum(['rollback', 'hold', 'ask'])
    .default('rollback')
    .describe(
      'A digest that does not come to run is not tried again. rollback: what ran before is deployed again, by digest. ' +
        'hold: it is left as it is. ask: nothing more is deployed until a person releases the service.',
    ),
  minimumAge: Duration.optional().describe(
    'How long its tag must have stood on a digest before it is deployed.',
  ),
  windows: z
    .array(Window)
    .default([])
    .describe(
      'When a deploy may begin; at any time when there is none. What waits is the newest when one opens.',
    ),
  after: z
    .array(Name)
    .default([])
    .describe(
      'Waves: deployed when those services are observed running what their tag wants. One that fails stops all behind it.',
    ),
  pause: Duration.default('0s').describe('How long all of those must have run it.'),
  environment: z
    .record(Some, TextOrSecret)
    .default({})
    .describe(
      'docker: the environment of the container. Values may be env://, file:// or secret:// references.',
    ),
  network: Some.optional().describe('docker: made when it is not there. A network of its own when absent.'),
  ports: z
    .array(
      text(/^(?:\d{1,5}:)?\d{1,5}(?:\/(?:tcp|udp))?$/, 'expected PORT or HOSTPORT:PORT, in quotes').refine(
        ports => (ports.match(/\d+/g) ?? []).every(port => Number(port) > 0 && Number(port) < 65_536),
        'expected ports from 1 to 65535',
      ),
    )
    .default([])
    .describe('docker: published on loopback. PORT alone gets a free host port for each new container.'),
  volumes: Volumes.describe('docker: named volumes or host folders, kept when the container is replaced.'),
  command: Command.describe("docker: instead of the image's own command, one argument an item."),
  healthy: Healthy.describe(
    'docker: an image with HEALTHCHECK must become healthy; one without must run this long.',
  ),
  routes: z
    .array(Route)
    .default([])
    .describe('docker: the requests it answers, behind the proxy of its target.'),
  companions: named(Name, Companion).describe(
    'docker: what it needs, a database or a cache: started first, reached on its network by these names, never replaced by a deploy unless their own settings were changed.',
  ),
});

function text(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, expected);
}
