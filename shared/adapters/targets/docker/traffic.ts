import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { milliseconds } from '../../../domain/durations.ts';
import { ProxyError, type ReverseProxy } from '../../../ports/proxy.ts';
import type { Order } from '../../../ports/target.ts';
import { networkName } from './container-spec.ts';

export type ProxySettings = { readonly proxy: ReverseProxy; readonly drain: string };

/** Requests from outside, for a service that has routes. */
export type Traffic = {
  /** Leads them to this container. @throws {ProxyError} */
  to(docker: Dockerode, id: string): Promise<void>;
  /** Waits until those that the last container has are likely to be answered. */
  drain(): Promise<void>;
};

/**
 * Takes the routes away that a service had before, as far as the proxy can be told now: whoever has none is not kept
 * waiting for a proxy.
 */
export async function withdraw(
  { name, service }: Pick<Order, 'name' | 'service'>,
  settings: ProxySettings | undefined,
): Promise<void> {
  if (settings === undefined || service.routes.length > 0) return;
  await settings.proxy.point(name, [], '').catch((error: unknown) => {
    if (!(error instanceof ProxyError)) throw error;
  });
}

export function trafficOf(
  { name, service }: Pick<Order, 'name' | 'service'>,
  settings: ProxySettings | undefined,
): Traffic | undefined {
  if (settings === undefined || service.routes.length === 0) return undefined;
  const { proxy, drain } = settings;
  return {
    async to(docker, id) {
      const { NetworkSettings } = await docker.getContainer(id).inspect();
      const network = networkName(name, service);
      const address = NetworkSettings.Networks[network]?.IPAddress ?? '';
      if (address === '') {
        const message = `Cannot lead requests to container "${name}": it has no address on the network "${network}"`;
        throw new ProxyError(`${message}; see "docker inspect ${name}"`, { temporary: true });
      }
      await proxy.point(name, service.routes, address);
    },
    async drain() {
      await sleep(milliseconds(drain));
    },
  };
}
