import type { ContainerInspectInfo } from 'dockerode';
import type { Answer, Order, Target } from '../../../ports/target.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { describeFailure, refusalOf } from '../../docker/failures.ts';
import { within, withinOfAbort } from '../../docker/within.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { type ContainerSpec, containerSpec, networkName } from './container-spec.ts';
import { DeployFailure } from './deploy-failure.ts';
import { LABELS } from './labels.ts';
import { list } from './list.ts';
import { ensureNetwork } from './network.ts';
import { observe } from './observe.ts';
import { pull } from './pull.ts';
import { replace } from './replace.ts';
import { settle } from './settle.ts';
import { lookUp, type Place } from './standing.ts';

/**
 * Runs each service as one container of a Docker Engine, under the service's name.
 *
 * A deploy starts the new container beside the old one, waits until it is healthy, and only then gives it the
 * name and stops the old one; whatever fails or is aborted or killed on the way, the old one goes on serving,
 * and the next deploy clears away what was left. The exception is a service with a fixed host port (`HOSTPORT:PORT`),
 * which two containers cannot share: there the old one is stopped first, and started again when the new one fails.
 * A kill in that short time leaves it stopped until the next deploy.
 *
 * Containers without headway's labels are a person's, and are left alone. The environment's values are the
 * resolved ones. Old images and all volumes are kept.
 */
export function createDockerTarget({
  name,
  engine,
  credentials,
  patience = 10_000,
}: {
  /** The target's name in the configuration. */
  readonly name: string;
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
  /** Milliseconds that the engine may take to tell what is so, and to clear up after a deploy was given up. */
  readonly patience?: number;
}): Target {
  return {
    async list(signal) {
      signal.throwIfAborted();
      try {
        return await withinOfAbort(0, signal, list(await engine.client()));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new Error(describeFailure(error, engine.address), { cause: error });
      }
    },

    async observe(service, _, image) {
      try {
        const place = { docker: await engine.client(), target: name, service };
        return await within(patience, observe(place, image));
      } catch (error) {
        return { state: 'unknown', reason: describeFailure(error, engine.address) };
      }
    },

    async deploy(order, signal) {
      signal.throwIfAborted();
      try {
        const place = { docker: await engine.client(), target: name, service: order.name };
        return await withinOfAbort(patience, signal, deploy(place, { order, credentials, signal }));
      } catch (error) {
        if (error instanceof DeployFailure) return { kind: 'failed', reason: error.message };
        if (signal.aborted) throw signal.reason;
        const reason = describeFailure(error, engine.address);
        if (refusalOf(error) !== undefined) return { kind: 'failed', reason };
        throw new Error(reason, { cause: error });
      }
    },
  };
}

type Deploy = { readonly order: Order; readonly credentials: CredentialsFor; readonly signal: AbortSignal };

async function deploy(place: Place, { order, credentials, signal }: Deploy): Promise<Answer> {
  const { service, image } = order;
  const found = await lookUp(place);
  if (found.held !== undefined) return { kind: 'held', reason: found.held };
  const { current } = await settle(place, found);
  const spec = containerSpec(order, place.target);
  if (current !== undefined && runsAlready(current, spec)) {
    return { kind: 'accepted', note: 'it runs already' };
  }
  await pull(place.docker, image, { login: await credentials(image.registry), signal });
  await ensureNetwork(place, networkName(order.name, service));
  await replace(place, { current, spec, service, signal });
  return { kind: 'accepted' };
}

/** The same image, made with the same configuration, and not known to be ill. */
function runsAlready({ State, Config }: ContainerInspectInfo, spec: ContainerSpec): boolean {
  const isSame = Config.Labels[LABELS.configuration] === spec.Labels[LABELS.configuration];
  return isSame && State.Running && !State.Restarting && State.Health?.Status !== 'unhealthy';
}
