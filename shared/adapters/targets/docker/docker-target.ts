import type { ContainerInspectInfo } from 'dockerode';
import { ProxyError } from '../../../ports/proxy.ts';
import type { Answer, Order, Target } from '../../../ports/target.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { describeFailure, refusalOf } from '../../docker/failures.ts';
import { within, withinOfAbort } from '../../docker/within.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { startCompanions } from './companions.ts';
import { type ContainerSpec, containerSpec, networkName } from './container-spec.ts';
import { DeployFailure } from './deploy-failure.ts';
import { LABELS } from './labels.ts';
import { list } from './list.ts';
import { ensureNetwork } from './network.ts';
import { observeWhole } from './observe-whole.ts';
import { pull } from './pull.ts';
import { replace } from './replace.ts';
import { settle } from './settle.ts';
import { lookUp, type Place } from './standing.ts';
import { type ProxySettings, trafficOf, withdraw } from './traffic.ts';

/**
 * Runs each service as one container of a Docker Engine, under the service's name.
 *
 * A deploy starts the new container beside the old one, waits until it is healthy, and only then gives it the
 * name and stops the old one; whatever fails or is aborted or killed on the way, the old one goes on serving,
 * and the next deploy clears away what was left. The exception is a service with a fixed host port (`HOSTPORT:PORT`),
 * which two containers cannot share: there the old one is stopped first, and started again when the new one fails.
 * A kill in that short time leaves it stopped until the next deploy.
 *
 * Requests from outside are led to the new one by a proxy, where the service has routes, before the old one goes; a
 * proxy that forgot them is told again whenever the service is looked at. What a service needs (its companions) is
 * started before it, and stays when it is replaced.
 *
 * Containers without headway's labels are a person's, and are left alone. The environment's values are the
 * resolved ones. Old images and all volumes are kept.
 */
export function createDockerTarget({
  name,
  engine,
  credentials,
  proxy,
  patience = 10_000,
}: {
  /** The target's name in the configuration. */
  readonly name: string;
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
  readonly proxy?: ProxySettings | undefined;
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

    async observe(service, settings, image) {
      try {
        const traffic = trafficOf({ name: service, service: settings }, proxy);
        const place = { docker: await engine.client(), target: name, service, traffic };
        return await within(patience, observeWhole(place, { image, settings }));
      } catch (error) {
        return { state: 'unknown', reason: describeFailure(error, engine.address) };
      }
    },

    async deploy(order, signal) {
      signal.throwIfAborted();
      try {
        const traffic = trafficOf(order, proxy);
        await withdraw(order, proxy);
        const place = { docker: await engine.client(), target: name, service: order.name, traffic };
        return await withinOfAbort(patience, signal, deploy(place, { order, credentials, signal }));
      } catch (error) {
        if (signal.aborted && !(error instanceof DeployFailure)) throw signal.reason;
        return answerTo(error, engine.address);
      }
    },
  };
}

/** @throws what may pass by itself, as a sentence */
function answerTo(error: unknown, address: string): Answer {
  if (error instanceof DeployFailure) return { kind: 'failed', reason: error.message };
  if (error instanceof ProxyError) {
    if (error.temporary) throw error;
    return { kind: 'failed', reason: error.message };
  }
  const reason = describeFailure(error, address);
  if (refusalOf(error) !== undefined) return { kind: 'failed', reason };
  throw new Error(reason, { cause: error });
}

type Deploy = { readonly order: Order; readonly credentials: CredentialsFor; readonly signal: AbortSignal };

async function deploy(place: Place, { order, credentials, signal }: Deploy): Promise<Answer> {
  const { service, image } = order;
  const found = await lookUp(place);
  if (found.held !== undefined) return { kind: 'held', reason: found.held };
  const { current } = await settle(place, found);
  const network = networkName(order.name, service);
  await ensureNetwork(place, network);
  const { companions } = service;
  const keptBack = await startCompanions(place, { companions, network, credentials, signal });
  if (keptBack !== undefined) return { kind: 'held', reason: keptBack };
  const spec = containerSpec(order, place.target);
  if (current !== undefined && runsAlready(current, spec)) {
    await place.traffic?.to(place.docker, current.Id);
    return { kind: 'accepted', note: 'it runs already' };
  }
  await pull(place.docker, image, { login: await credentials(image.registry), signal });
  await replace(place, { current, spec, service, signal });
  return { kind: 'accepted' };
}

/** The same image, made with the same configuration, and not known to be ill. */
function runsAlready({ State, Config }: ContainerInspectInfo, spec: ContainerSpec): boolean {
  const isSame = Config.Labels[LABELS.configuration] === spec.Labels[LABELS.configuration];
  return isSame && State.Running && !State.Restarting && State.Health?.Status !== 'unhealthy';
}
