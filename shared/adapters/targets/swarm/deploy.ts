import { setTimeout as later } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { Answer, Order } from '../../../ports/target.ts';
import { refusalOf } from '../../docker/failures.ts';
import { registryAuth } from '../../docker/registry-login.ts';
import type { Credentials, CredentialsFor } from '../../registry/credentials.ts';
import { whyHeld } from './hold.ts';
import { inexactNumber } from './inexact-number.ts';
import { givenUp } from './judge.ts';
import { whyNotPullable } from './pullable.ts';
import { findService, holdableOf, rolloutOf, type SwarmService } from './service.ts';

type Deploy = {
  readonly order: Order;
  readonly credentials: CredentialsFor;
  readonly signal: AbortSignal;
};

/** Swarm itself changes a service while its tasks come and go; that soon passes. */
const TRIES = 12;
/** Each pause is longer than the one before by so much, so that several who try do not go on in step. */
const LONGER_MS = 2;

/**
 * Asks Swarm for the digest, once the registry has shown that it has it: what cannot be pulled never takes a
 * place. A service that somebody else changes meanwhile is read and judged again.
 */
export async function deploy(docker: Dockerode, deploy: Deploy): Promise<Answer> {
  const { order, credentials, signal } = deploy;
  const judged = await judge(docker, order);
  if (judged.answer !== undefined) return judged.answer;
  const login = await credentials(order.image.registry);
  const reason = await whyNotPullable(docker, order.image, login);
  if (reason !== undefined) return { kind: 'failed', reason };
  for (let tries = 1; ; tries++) {
    const { service, answer } = await judge(docker, order);
    if (answer !== undefined) return answer;
    signal.throwIfAborted();
    try {
      await update(docker, service, { image: order.image, login, signal });
      return { kind: 'accepted' };
    } catch (error) {
      if (!isOutOfSequence(error) || tries === TRIES) throw error;
      await later(tries * LONGER_MS, undefined, { signal });
    }
  }
}

type Judged =
  | { readonly answer: Answer; readonly service?: never }
  | { readonly answer?: never; readonly service: SwarmService };

/** The service as it is now, if it should be updated; the answer if not. */
async function judge(
  docker: Dockerode,
  { name, service: { workload = name }, image }: Order,
): Promise<Judged> {
  const service = await findService(docker, workload);
  if (service === undefined) {
    const reason = `There is no service "${workload}" in the Swarm; create it once with its image, or correct the workload`;
    return { answer: { kind: 'failed', reason } };
  }
  const held = whyHeld(holdableOf(service), image);
  if (held !== undefined) return { answer: { kind: 'held', reason: held } };
  const rollout = rolloutOf(service);
  const isAsked = rollout.digest === image.digest && givenUp(rollout) === undefined;
  if (isAsked) return { answer: { kind: 'accepted', note: 'it is asked for already' } };
  const inexact = inexactNumber(service.Spec);
  if (inexact === undefined) return { service };
  const reason = `The specification of service "${workload}" has a number near ${inexact}, too large to be sent back exactly; write a smaller one`;
  return { answer: { kind: 'failed', reason } };
}

type Update = {
  readonly image: Order['image'];
  readonly login: Credentials | undefined;
  readonly signal: AbortSignal;
};

/**
 * The same specification with another digest: the name and tag stay as they are written. Without a login of ours
 * Swarm keeps the one that the service has.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Service/operation/ServiceUpdate
 */
async function update(docker: Dockerode, service: SwarmService, { image, login, signal }: Update) {
  const { ID, Version, Spec } = service;
  const { TaskTemplate } = Spec;
  const [written = ''] = (TaskTemplate.ContainerSpec?.Image ?? '').split('@');
  const ContainerSpec = { ...TaskTemplate.ContainerSpec, Image: `${written}@${image.digest}` };
  await docker.getService(ID).update({
    ...(login !== undefined && { authconfig: registryAuth(image.registry, login) }),
    abortSignal: signal,
    _query: { version: Version.Index },
    _body: { ...Spec, TaskTemplate: { ...TaskTemplate, ContainerSpec } },
  });
}

function isOutOfSequence(error: unknown): boolean {
  return refusalOf(error)?.message.includes('update out of sequence') ?? false;
}
