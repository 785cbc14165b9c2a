import type Dockerode from 'dockerode';
import { z } from 'zod';
import { parseImageReference } from '../../../domain/names/image-reference.ts';
import { engineAnswer } from './engine-answer.ts';
import type { SwarmTask } from './judge.ts';

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Task */
const Task = z.looseObject({
  ServiceID: z.string().default(''),
  /** Which replica it is; a global service has one a node instead. */
  Slot: z.int().optional(),
  NodeID: z.string().optional(),
  CreatedAt: z.string(),
  DesiredState: z.string(),
  Spec: z.looseObject({ ContainerSpec: z.looseObject({ Image: z.string() }).optional() }),
  Status: z.looseObject({ State: z.string(), Err: z.string().optional() }),
});

/** The tasks of one service or of all by the service's identifier, those that ended too, the newest first. */
export async function listTasks(docker: Dockerode, service?: string): Promise<Map<string, SwarmTask[]>> {
  const filters = JSON.stringify(service === undefined ? {} : { service: [service] });
  const tasks = engineAnswer(Task.array(), await docker.listTasks({ filters }));
  tasks.sort((a, b) => (a.CreatedAt < b.CreatedAt ? 1 : -1));
  const grouped = Map.groupBy(tasks, ({ ServiceID }) => ServiceID);
  return new Map([...grouped].map(([id, own]) => [id, own.map(describe)]));
}

function describe({ Slot, NodeID, DesiredState, Spec, Status }: z.infer<typeof Task>): SwarmTask {
  return {
    place: Slot === undefined ? `node ${NodeID}` : `${Slot}`,
    desired: DesiredState,
    state: Status.State,
    digest: parseImageReference(Spec.ContainerSpec?.Image ?? '')?.digest,
    error: Status.Err,
  };
}
