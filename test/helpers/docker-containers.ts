import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { createDockerContainers } from '../../shared/adapters/containers/docker/containers.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { dockerLab } from './docker-lab.ts';
import { need } from './need.ts';

/** Containers of the real engine, and an image with a shell; nothing, said aloud, without them. */
export async function openDockerContainers(t: ExecutionContext) {
  const lab = dockerLab(t);
  const image = need('LAB_BASE_IMAGE');
  if (lab === undefined || image === undefined) {
    t.log('skipped: needs an image with a shell (LAB_BASE_IMAGE)');
    return undefined;
  }
  const owner = `test-${randomUUID()}`;
  const options = { credentials: async () => undefined, clock: { now: Date.now }, owner };
  const docker = await lab.engine.client();
  const nowhere = connectDocker({ host: 'unix:///nowhere/docker.sock', environment: {} });
  return {
    ...lab,
    docker,
    owner,
    image,
    containers: createDockerContainers({ ...options, engine: lab.engine }),
    missing: `${lab.registry}/missing/image:1`,
    folders: true,
    shortest: 1_500,
    countsGpus: true,
    clearing: 0,
    logs: true,
    unreachable: createDockerContainers({ ...options, engine: nowhere }),
    async count(word: string) {
      const all = await docker.listContainers({
        all: true,
        filters: { label: [`dev.headway.run.owner=${owner}`] },
      });
      const inspected = await Promise.all(all.map(({ Id }) => docker.getContainer(Id).inspect()));
      return inspected.filter(({ Config }) => JSON.stringify(Config).includes(word)).length;
    },
  };
}
