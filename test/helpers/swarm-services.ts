import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type Dockerode from 'dockerode';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';

const SECOND = 1_000_000_000;
/** Without a health check Swarm takes for running whatever has started, and the old task goes. */
const ALIVE = { Test: ['CMD', 'true'], Interval: SECOND / 2 };

type Differing = {
  readonly labels?: Readonly<Record<string, string>>;
  /** Instead of the image's own command. */
  readonly args?: readonly string[];
};
type Task = {
  readonly CreatedAt: string;
  readonly DesiredState: string;
  readonly Status: { readonly State: string };
  readonly Spec: { readonly ContainerSpec: { readonly Image: string } };
};

/** Services in the real Swarm for one test, as people create them: with an image and its tag. */
export function swarmServices(t: ExecutionContext, docker: Dockerode) {
  const run = `test-${randomBytes(4).toString('hex')}`;
  const ids = new Map<string, string>();
  t.teardown(async () => {
    for (const id of ids.values()) await removeService(docker, id);
  });
  return {
    /** What it is called in the Swarm. */
    named: (name: string) => `${run}-${name}`,
    async create(name: string, image: string, { labels = {}, args }: Differing = {}) {
      const { id } = await docker.createService({
        Name: `${run}-${name}`,
        Labels: { ...labels },
        TaskTemplate: {
          ContainerSpec: { Image: image, ...(args !== undefined && { Args: [...args], Healthcheck: ALIVE }) },
          RestartPolicy: { Condition: 'any', Delay: SECOND / 10 },
        },
        Mode: { Replicated: { Replicas: 1 } },
        UpdateConfig: { Parallelism: 1, Order: 'start-first', Monitor: SECOND / 4, FailureAction: 'pause' },
      });
      ids.set(name, id);
    },
    /** The digests of all that was ever started for it, those that run now apart. */
    async history(name: string) {
      const filters = JSON.stringify({ service: [ids.get(name)] });
      const tasks: Task[] = await docker.listTasks({ filters });
      const started = tasks.toSorted((a, b) => (a.CreatedAt < b.CreatedAt ? -1 : 1));
      const running = started.filter(
        ({ DesiredState, Status }) => DesiredState === 'running' && Status.State === 'running',
      );
      return { started: started.map(digestOf), running: running.map(digestOf) };
    },
  };
}

function digestOf({ Spec }: Task): string | undefined {
  return parseImageReference(Spec.ContainerSpec.Image)?.digest;
}

/** Swarm itself takes its time to remove what it ran, and images in use cannot be forgotten. */
async function removeService(docker: Dockerode, id: string): Promise<void> {
  await docker.getService(id).remove();
  const filters = { label: [`com.docker.swarm.service.id=${id}`] };
  for (let looks = 0; looks < 50; looks++) {
    const left = await docker.listContainers({ all: true, filters });
    if (left.length === 0) return;
    await Promise.allSettled(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
    await later(100);
  }
}
