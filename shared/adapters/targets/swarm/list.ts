import type Dockerode from 'dockerode';
import type { Found } from '../../../ports/target.ts';
import { engineAnswer } from './engine-answer.ts';
import { isUpdating, isWanted, runningDigest, type SwarmTask } from './judge.ts';
import { imageOf, rolloutOf, SwarmService } from './service.ts';
import { listTasks } from './tasks.ts';

/** Every service with an image, in the order of their names, with two requests however many there are. */
export async function listServices(docker: Dockerode): Promise<Found[]> {
  const [services, tasks] = await Promise.all([docker.listServices(), listTasks(docker)]);
  return engineAnswer(SwarmService.array(), services)
    .flatMap(service => describe(service, tasks.get(service.ID) ?? []))
    .sort((a, b) => (a.workload < b.workload ? -1 : 1));
}

function describe(service: SwarmService, tasks: readonly SwarmTask[]): Found[] {
  const image = imageOf(service);
  if (image === undefined) return [];
  const digest = runningDigest(tasks);
  const isMixed = tasks.some(task => isWanted(task) && task.digest !== image.digest);
  return [
    {
      workload: service.Spec.Name,
      image,
      ...(digest !== undefined && { digest }),
      updating: isUpdating(rolloutOf(service)) || isMixed,
      labels: service.Spec.Labels ?? {},
    },
  ];
}
