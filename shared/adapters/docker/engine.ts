import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { type EngineAddress, type Environment, engineAddress } from './address.ts';
import { describeFailure } from './failures.ts';
import { within } from './within.ts';

/** Whether an engine answers; if not, a sentence that says what to do. */
export type Reach =
  | { readonly answers: true; readonly version: string; readonly platform: string }
  | { readonly answers: false; readonly reason: string };

/** A Docker Engine, spoken to when it is needed. */
export interface DockerEngine {
  /** As a person would write it: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Asks the engine, for at most five seconds. Never throws. */
  reachable(): Promise<Reach>;
  /** The client; made at the first call, so that a host without Docker does not load one. */
  client(): Promise<Dockerode>;
}

const PATIENCE = 5_000;

/**
 * The Docker Engine at `host`, or where the environment says. Nothing is connected or loaded yet.
 *
 * @throws {PermanentError} for an address that is neither `unix://` nor `tcp://`.
 */
export function connectDocker({
  host,
  environment,
}: {
  readonly host?: string | undefined;
  readonly environment: Environment;
}): DockerEngine {
  const address = engineAddress(host, environment);
  let made: Promise<Dockerode> | undefined;
  const client = () => {
    made ??= createClient(address);
    return made;
  };
  return {
    address: address.url,
    client,
    async reachable() {
      try {
        const info = await within(PATIENCE, (await client()).version());
        return { answers: true, version: info.Version, platform: `${info.Os}/${info.Arch}` };
      } catch (error) {
        return { answers: false, reason: describeFailure(error, address.url) };
      }
    },
  };
}

async function createClient(address: EngineAddress): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode');
  if ('socketPath' in address) return new Docker({ ...CLEAN, socketPath: address.socketPath });
  const { host, port, certificates } = address;
  if (certificates === undefined) return new Docker({ ...CLEAN, protocol: 'http', host, port });
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(name => readFile(join(certificates, name), 'utf8')),
  );
  return new Docker({ ...CLEAN, protocol: 'https', host, port, ca, cert, key });
}

/** The client would otherwise mix what DOCKER_HOST says into what it is told. */
const CLEAN = {
  protocol: 'http',
  host: undefined,
  port: undefined,
  socketPath: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
} as const;
