import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { AuthConfigObject, ServiceSpec } from 'dockerode';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import type { CredentialsFor } from '../../shared/adapters/registry/credentials.ts';
import { SwarmService } from '../../shared/adapters/targets/swarm/service.ts';
import { createSwarmTarget } from '../../shared/adapters/targets/swarm/swarm-target.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Observation } from '../../shared/ports/target.ts';
import { dockerLab } from './docker-lab.ts';
import { imageMaker, plainService, serving } from './docker-place.ts';
import { need } from './need.ts';

const SECOND = 1_000_000_000;
/** The new task beside the old one, a quarter of a second to prove itself, and no going on after a failure. */
const START_FIRST = { Parallelism: 1, Order: 'start-first', Monitor: SECOND / 4, FailureAction: 'pause' };

export type SwarmPlace = NonNullable<Awaited<ReturnType<typeof openSwarmPlace>>>;

type Options = {
  /** Instead of what the specification says otherwise. */
  readonly spec?: Partial<ServiceSpec>;
  readonly credentials?: CredentialsFor;
};

/** A service in the real Swarm, as a person made it with an image of their own; nothing, said aloud, without one. */
export async function openSwarmPlace(t: ExecutionContext, { spec, credentials }: Options = {}) {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined || need('LAB_SWARM') === undefined) {
    t.log('skipped: needs a Docker engine that is a manager of a Swarm (LAB_SWARM)');
    return undefined;
  }
  const docker = await lab.engine.client();
  const { image, make } = imageMaker(lab, base);
  const [v0, v1, v2, bad] = await Promise.all([
    make('v0', serving('zero')),
    make('v1', serving('one')),
    make('v2', serving('two')),
    // Without a health check Swarm takes it for running as soon as it has started, and the old task goes.
    make('bad', 'HEALTHCHECK --interval=500ms CMD ["true"]\nCMD ["sh", "-c", "exit 7"]\n'),
  ]);
  const name = `test-${randomBytes(5).toString('hex')}`;
  const target = createSwarmTarget({
    engine: lab.engine,
    credentials: credentials ?? (async () => undefined),
  });
  const service = plainService();
  const made = await docker.createService({
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: `${image.registry}/${image.repository}:prod@${v0}` },
      RestartPolicy: { Condition: 'any', Delay: SECOND / 10 },
    },
    Mode: { Replicated: { Replicas: 1 } },
    UpdateConfig: START_FIRST,
    ...spec,
  });
  const inspect = async () => SwarmService.parse(await docker.getService(made.id).inspect());
  /** Their containers run as Swarm means them to. */
  const tasks = async () => {
    const filters = JSON.stringify({ service: [made.id], 'desired-state': ['running'] });
    const all: {
      ID: string;
      CreatedAt: string;
      Status: { State: string };
      Spec: { ContainerSpec: { Image: string } };
    }[] = await docker.listTasks({ filters });
    return all
      .filter(({ Status }) => Status.State === 'running')
      .sort((a, b) => (a.CreatedAt < b.CreatedAt ? -1 : 1));
  };
  const change = async (edit: (spec: SwarmService['Spec']) => object, authconfig?: AuthConfigObject) => {
    for (let tries = 1; ; tries++) {
      const { Spec, Version } = await inspect();
      try {
        await docker.getService(made.id).update({
          ...(authconfig !== undefined && { authconfig }),
          _query: { version: Version.Index },
          _body: edit(Spec),
        });
        return;
      } catch (error) {
        // Swarm itself changes a service while its tasks come and go.
        if (tries === 20 || !String(error).includes('out of sequence')) throw error;
        await sleep(tries * 10);
      }
    }
  };
  const place = {
    docker,
    name,
    image,
    target,
    service,
    make,
    inspect,
    tasks,
    change,
    observe: () => target.observe(name, service, image),
    before: 'running' as const,
    listed: true,
    patience: 30_000,
    digests: { v1, v2, bad },
    v0,
    unreachable: createSwarmTarget({
      engine: connectDocker({ host: 'unix:///nowhere/docker.sock', environment: {} }),
      credentials: async () => undefined,
    }),
    there: async () => {
      const [oldest] = await tasks();
      return parseImageReference(oldest?.Spec.ContainerSpec.Image ?? '')?.digest;
    },
    trace: async () => [(await inspect()).Version, (await tasks()).map(({ ID }) => ID)],
    takeOver: () => change(old => ({ ...old, Labels: { 'headway.hold': 'the fair is on' } })),
    /** Swarm itself takes its time to remove what it ran, and images in use cannot be forgotten. */
    close: async () => {
      await docker.getService(made.id).remove();
      const filters = { label: [`com.docker.swarm.service.id=${made.id}`] };
      for (let looks = 0; looks < 50; looks++) {
        const left = await docker.listContainers({ all: true, filters });
        if (left.length === 0) return;
        await Promise.allSettled(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
        await sleep(100);
      }
    },
  };
  return place;
}

/** What is seen when Swarm is no longer at it; the last thing seen after half a minute. */
export async function untilSettled({ observe }: Pick<SwarmPlace, 'observe'>): Promise<Observation> {
  for (let looks = 0; ; looks++) {
    const seen = await observe();
    if (seen.state !== 'updating' || looks === 150) return seen;
    await sleep(200);
  }
}
