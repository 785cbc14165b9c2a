import { createHash } from 'node:crypto';
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { Order } from '../../../ports/target.ts';
import { imageName } from '../../docker/pull.ts';
import { LABELS, type Labels } from './labels.ts';

export type ContainerSpec = ContainerCreateOptions & {
  readonly Image: string;
  readonly Labels: Labels;
  readonly HostConfig: HostConfig;
};

/**
 * What the engine is asked to create: the image by digest, ports on loopback, a network of its own unless one is
 * named. Restarts are left out: they are the mark of a container that proved itself.
 */
export function containerSpec({ name, service, image, commit }: Order, target: string): ContainerSpec {
  const ports = service.ports.map(parsePort);
  const spec = {
    Image: imageName(image),
    ...(service.command !== undefined && { Cmd: service.command }),
    Env: Object.entries(service.environment).map(([variable, value]) => `${variable}=${value}`),
    ExposedPorts: Object.fromEntries(ports.map(({ inside }) => [inside, {}])),
    HostConfig: {
      NetworkMode: networkName(name, service),
      Binds: service.volumes,
      PortBindings: Object.fromEntries(
        ports.map(({ inside }) => [
          inside,
          ports
            .filter(port => port.inside === inside)
            .map(({ HostPort }) => ({ HostIp: '127.0.0.1', HostPort })),
        ]),
      ),
      RestartPolicy: { Name: 'no' },
    },
  };
  const Labels = {
    [LABELS.service]: name,
    [LABELS.target]: target,
    [LABELS.digest]: image.digest,
    ...(commit !== undefined && { [LABELS.commit]: commit }),
    [LABELS.configuration]: createHash('sha256').update(JSON.stringify(spec)).digest('hex'),
  };
  return { ...spec, Labels };
}

export function networkName(name: string, service: Order['service']): string {
  return service.network ?? `headway-${name}`;
}

/** The host ports that are asked for by number: no two containers can have them at the same time. */
export function fixedPorts({ PortBindings }: HostConfig): Set<string> {
  const bindings: Readonly<Record<string, readonly { readonly HostPort?: string }[] | null>> =
    PortBindings ?? {};
  return new Set(
    Object.entries(bindings).flatMap(([inside, hosts]) =>
      (hosts ?? []).flatMap(({ HostPort }) => (HostPort ? `${HostPort}/${inside.split('/')[1]}` : [])),
    ),
  );
}

/** `PORT`, `HOSTPORT:PORT`, each with `/udp` if need be. An empty host port lets the engine choose a free one. */
function parsePort(text: string): { readonly inside: string; readonly HostPort: string } {
  const [, HostPort = '', port = '', protocol = 'tcp'] = /^(?:(\d+):)?(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return { inside: `${port}/${protocol}`, HostPort };
}
