import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { type Digest, isDigest } from '../../../domain/names/digest.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { EcsConnection } from './connection.ts';

export type Cluster = { readonly connection: EcsConnection; readonly name: string };

/** DescribeServices takes so many at once. */
const AT_ONCE = 10;

/** Nothing where it is not there, or is there no longer. */
export async function readService(cluster: Cluster, name: string): Promise<Service | undefined> {
  const [found] = await describe(cluster, [name]);
  return found;
}

/** Every service of the cluster, in the order of ECS. */
export async function readServices(cluster: Cluster): Promise<Service[]> {
  const { connection, name } = cluster;
  const arns: string[] = [];
  for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
    const list: ListServicesCommand = new ListServicesCommand({
      cluster: name,
      maxResults: 100,
      ...(nextToken !== undefined && { nextToken }),
    });
    const doing = `list the services of cluster "${name}"`;
    const page = await connection.ask(doing, options => connection.client.send(list, options));
    if (page.serviceArns === undefined) throw nonsense(doing);
    arns.push(...page.serviceArns);
    nextToken = page.nextToken;
  }
  const found: Service[] = [];
  for (let at = 0; at < arns.length; at += AT_ONCE) {
    found.push(...(await describe(cluster, arns.slice(at, at + AT_ONCE))));
  }
  return found;
}

/** `anew` begins a deployment although the task definition is the one that it has. */
export async function updateService(
  { connection, name: cluster }: Cluster,
  { service, taskDefinition, anew }: { service: string; taskDefinition: string; anew: boolean },
): Promise<void> {
  const command = new UpdateServiceCommand({
    cluster,
    service,
    taskDefinition,
    ...(anew && { forceNewDeployment: true }),
  });
  await connection.ask(`update service "${service}"`, options => connection.client.send(command, options));
}

/** The digest of the image that all running tasks of the service have; nothing where they differ or do not say. */
export async function runningDigest(
  { connection, name: cluster }: Cluster,
  { service, container }: { readonly service: string; readonly container: string },
): Promise<Digest | undefined> {
  const { client, ask } = connection;
  const doing = `look at the tasks of service "${service}"`;
  const list = new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'RUNNING' });
  const { taskArns = [] } = await ask(doing, options => client.send(list, options));
  if (taskArns.length === 0) return undefined;
  const describe = new DescribeTasksCommand({ cluster, tasks: taskArns });
  const { tasks = [] } = await ask(doing, options => client.send(describe, options));
  const digests = tasks.map(
    task => task.containers?.find(({ name }) => name === container)?.imageDigest ?? '',
  );
  const [digest = ''] = digests;
  return isDigest(digest) && digests.every(other => other === digest) ? digest : undefined;
}

async function describe({ connection, name: cluster }: Cluster, services: string[]): Promise<Service[]> {
  const command = new DescribeServicesCommand({ cluster, services, include: ['TAGS'] });
  const doing =
    services.length === 1 ? `read service "${services[0]}"` : `read services of cluster "${cluster}"`;
  const found = await connection.ask(doing, options => connection.client.send(command, options));
  // An answer without a list is not ECS's: it is not known whether the service is there.
  if (found.services === undefined) throw nonsense(doing);
  return found.services.filter(({ status }) => status !== 'INACTIVE');
}

function nonsense(doing: string): PermanentError {
  return new PermanentError(`Cannot ${doing}: the answer holds no list; check the endpoint of the target`);
}
