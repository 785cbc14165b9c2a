import { z } from 'zod';
import { Duration } from '../durations.ts';
import { TextOrSecret } from './secret-reference.ts';
import { Name, PlainText, Some, TagName } from './texts.ts';

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
  volumes: z
    .array(text(/^[^:]+:\/[^:]*(?::ro)?$/, 'expected NAME:/PATH or NAME:/PATH:ro'))
    .default([])
    .describe('docker: named volumes or host folders, kept when the container is replaced.'),
  command: z
    .array(PlainText)
    .optional()
    .describe("docker: instead of the image's own command, one argument an item."),
  healthy: z
    .strictObject({ after: Duration.default('2s').describe('Without HEALTHCHECK: how long it must run.') })
    .default({ after: '2s' })
    .describe('docker: an image with HEALTHCHECK must become healthy; one without must run this long.'),
});

function text(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, expected);
}
