import { isDeepStrictEqual } from 'node:util';
import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import {
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { EcsConnection } from './connection.ts';

export type Definition = {
  readonly arn: string;
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
};
export type Followed = { readonly container: string | undefined; readonly image: ImageReference };

/** How many of the latest revisions are looked through for one that is already as it should be. */
const LOOKED_THROUGH = 10;

export async function readDefinition({ client, ask }: EcsConnection, arn: string): Promise<Definition> {
  const doing = `read task definition "${arn}"`;
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] });
  const { taskDefinition, tags = [] } = await ask(doing, options => client.send(command, options));
  if (taskDefinition?.taskDefinitionArn === undefined) {
    throw new PermanentError(`Cannot ${doing}: the answer holds none; check the endpoint of the target`);
  }
  return { arn: taskDefinition.taskDefinitionArn, definition: taskDefinition, tags };
}

/** The container that follows the image: the named one, the only one, or the one with this repository. */
export function containerOf(
  { containerDefinitions = [] }: TaskDefinition,
  { container, image }: Followed,
): ContainerDefinition | undefined {
  if (container !== undefined) return containerDefinitions.find(({ name }) => name === container);
  if (containerDefinitions.length === 1) return containerDefinitions[0];
  return containerDefinitions.find(one => isOf(one, image));
}

export function isOf({ image = '' }: ContainerDefinition, wanted: ImageReference): boolean {
  const found = parseImageReference(image);
  return found !== undefined && sameRepository(found, wanted);
}

/**
 * A revision that differs from this one in one container's image only: one of the latest where there is such a one
 * (a repeat, a rollback), else a new one. What only ECS may write is left out, everything else is kept.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
export async function withImage(
  connection: EcsConnection,
  {
    from,
    container,
    image,
  }: { readonly from: Definition; readonly container: ContainerDefinition; readonly image: string },
): Promise<{ readonly arn: string; readonly registered: boolean }> {
  const { client, ask } = connection;
  const containers = from.definition.containerDefinitions ?? [];
  const containerDefinitions = containers.map(one => (one === container ? { ...one, image } : one));
  const wanted = registrable({ ...from, definition: { ...from.definition, containerDefinitions } });
  const family = wanted.family ?? '';
  const list = new ListTaskDefinitionsCommand({
    familyPrefix: family,
    sort: 'DESC',
    maxResults: LOOKED_THROUGH,
  });
  const doing = `list the revisions of task definition "${family}"`;
  const { taskDefinitionArns = [] } = await ask(doing, options => client.send(list, options));
  for (const arn of taskDefinitionArns) {
    if (arn === from.arn) continue;
    const known = await readDefinition(connection, arn);
    if (isDeepStrictEqual(registrable(known), wanted)) return { arn, registered: false };
  }
  const register = new RegisterTaskDefinitionCommand(wanted);
  const what = `register a revision of task definition "${family}"`;
  const { taskDefinition } = await ask(what, options => client.send(register, options));
  if (taskDefinition?.taskDefinitionArn !== undefined) {
    return { arn: taskDefinition.taskDefinitionArn, registered: true };
  }
  throw new PermanentError(`Cannot ${what}: the answer holds none; check the endpoint of the target`);
}

/** What may be sent of what was read. Tags are a request's own, and none may not be an empty list. */
function registrable({ definition, tags }: Definition): RegisterTaskDefinitionCommandInput {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _at,
    registeredBy: _by,
    deregisteredAt: _deregistered,
    deleteRequestedAt: _deleted,
    ...kept
  } = definition as TaskDefinition & { readonly deleteRequestedAt?: Date };
  return {
    family: kept.family,
    containerDefinitions: kept.containerDefinitions,
    ...kept,
    ...(tags.length > 0 && { tags: [...tags] }),
  };
}
