import type { Registry } from '../../../ports/registry.ts';
import type { Found, Target } from '../../../ports/target.ts';
import { createHttp } from '../../http/http.ts';
import { answerOf, observationOf } from '../outcome.ts';
import { whyHeld } from '../swarm/hold.ts';
import { isUpdating, isWanted, judgeRollout, runningDigest, type SwarmTask } from '../swarm/judge.ts';
import { createSwarmpitApi, type SwarmpitService } from './api.ts';
import { deploy } from './deploy.ts';
import { findService, holdableOf, imageOf, labelsOf, rolloutOf, tasksOf } from './swarm-words.ts';

export type SwarmpitTargetOptions = {
  readonly url: string;
  readonly token: string;
  /** Where Swarmpit will look tags up. */
  readonly registry: Pick<Registry, 'head'>;
  /** Milliseconds until an answer of Swarmpit must be there. */
  readonly deadline?: number;
};

/**
 * Brings the services of a Swarm to a digest through Swarmpit, for whom the Swarm itself cannot be reached.
 *
 * Swarmpit deploys by tag and pins the digest that the tag has then. So a deploy needs a tag that is the wanted digest
 * at that moment: the one that the service has in Swarmpit, the one that it follows, or the one that is named like
 * the commit. Without one it fails and says so: nothing is ever redeployed to another digest knowingly.
 *
 * The same services are left alone as by {@link createSwarmTarget}.
 */
export function createSwarmpitTarget(options: SwarmpitTargetOptions): Target {
  const { url, token, registry, deadline = 20_000 } = options;
  const api = createSwarmpitApi({ url, token, http: createHttp({ userAgent: 'headway' }), deadline });
  return {
    async list(signal) {
      const [services, tasks] = await Promise.all([api.services(signal), api.allTasks(signal)]);
      const byService = Map.groupBy(tasks, ({ serviceName }) => serviceName);
      return services
        .flatMap(service => found(service, tasksOf(byService.get(service.serviceName) ?? [])))
        .sort((a, b) => (a.workload < b.workload ? -1 : 1));
    },

    observe: (name, { workload = name }, image) =>
      observationOf(async () => {
        const service = findService(await api.services(), workload);
        if (service === undefined) return { state: 'absent' };
        const held = whyHeld(holdableOf(service), image);
        if (held !== undefined) return { state: 'held', reason: held };
        return judgeRollout(rolloutOf(service), tasksOf(await api.tasks(service)), image.digest);
      }),

    async deploy(order, signal) {
      signal.throwIfAborted();
      return await answerOf(() => deploy(order, { api, registry, signal }));
    },
  };
}

function found(service: SwarmpitService, tasks: readonly SwarmTask[]): Found[] {
  const image = imageOf(service);
  if (image === undefined) return [];
  const digest = runningDigest(tasks);
  const isMixed = tasks.some(task => isWanted(task) && task.digest !== image.digest);
  return [
    {
      workload: service.serviceName,
      image,
      ...(digest !== undefined && { digest }),
      updating: isUpdating(rolloutOf(service)) || isMixed,
      labels: labelsOf(service),
    },
  ];
}
