import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type Dockerode from 'dockerode';
import { type CredentialsFor, TOKEN_USER } from '../../../registry/credentials.ts';
import { dial } from './dial.ts';
import { format } from './wire-formats.ts';

export type Session = {
  /** What a build names to have its questions answered here. */
  readonly id: string;
  close(): void;
};

export type SessionOptions = {
  /**
   * By name. They are sent when a step mounts them, and are in no layer, history or cache: a step is taken from the
   * cache though its secret is another one now. https://docs.docker.com/build/cache/invalidation/#build-secrets
   */
  readonly secrets: Readonly<Record<string, string>>;
  readonly credentials: CredentialsFor;
  readonly signal: AbortSignal;
};

/**
 * A connection over which the engine's BuildKit asks back while it builds: for a secret that a step mounts, and for
 * the login of a registry that it pulls from. The engine speaks gRPC to us over the connection that we opened.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Session
 *
 * @throws what the client throws, where the engine has no BuildKit.
 */
export async function openSession(docker: Dockerode, options: SessionOptions): Promise<Session> {
  const id = randomUUID();
  const services = servicesFor(options);
  const socket = await dial(docker, {
    path: '/session',
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'headway',
      'X-Docker-Expose-Session-Grpc-Method': services.map(({ path }) => path),
    },
    answer: 'connection',
    signal: options.signal,
  });
  // Whatever breaks it is told by the build's own stream.
  socket.on('error', () => {});
  const server = new Server();
  for (const { path, ...its } of services) {
    server.addService({ call: { path, ...UNARY, ...its } }, { call: its.handle });
  }
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(socket);
  return {
    id,
    close() {
      server.forceShutdown();
      socket.destroy();
    },
  };
}

const UNARY = { requestStream: false, responseStream: false } as const;
/** `SERVING`. */
const SERVING = 1;

type Answer = (request: never) => Promise<object | undefined>;

function servicesFor({ secrets, credentials }: SessionOptions) {
  return [
    unary('/grpc.health.v1.Health/Check', 'HealthCheck', async () => ({ status: SERVING })),
    unary('/moby.buildkit.secrets.v1.Secrets/GetSecret', 'GetSecret', async ({ ID }: { ID: string }) => {
      const value = Object.hasOwn(secrets, ID) ? secrets[ID] : undefined;
      return value === undefined ? undefined : { data: Buffer.from(value) };
    }),
    unary('/moby.filesync.v1.Auth/Credentials', 'Credentials', async ({ Host }: { Host: string }) => {
      const login = await credentials(DOCKER_HUB.has(Host) ? 'docker.io' : Host);
      if (login === undefined) return {};
      // An identity token goes without a name.
      const { username, password } = login;
      return { Username: username === TOKEN_USER ? '' : username, Secret: password };
    }),
  ];
}

/** Where BuildKit pulls from for an image without a registry. */
const DOCKER_HUB = new Set(['registry-1.docker.io', 'index.docker.io', 'docker.io']);

/** One method; nothing answered is "not found". */
function unary(path: string, name: string, answer: Answer) {
  const request = format<object>(`${name}Request`);
  const response = format<object>(`${name}Response`);
  return {
    path,
    requestSerialize: request.write,
    requestDeserialize: request.read,
    responseSerialize: response.write,
    responseDeserialize: response.read,
    handle(call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) {
      answer(call.request as never).then(
        found =>
          found === undefined ? done({ code: status.NOT_FOUND, details: 'not found' }) : done(null, found),
        error => done({ code: status.UNAVAILABLE, details: String(error) }),
      );
    },
  };
}
