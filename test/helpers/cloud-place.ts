import { randomUUID } from 'node:crypto';
import { request as send } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import type { ExecutionContext } from 'ava';
import { type Cloud, type CloudOptions, startCloud } from '../../infra/cloud/start-cloud.ts';
import { temporaryFolder } from './git-repository.ts';
import { serveHttp } from './serve-http.ts';
import { silentLog as log } from './silent-log.ts';

// The clients would otherwise look for Google's metadata server, and warn that there is none.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

export const CLOUD_TOKEN = 'a-token-of-this-cloud';

export type DeadLetter = { readonly text: string; readonly attributes: Readonly<Record<string, string>> };
export type CloudPlace = Cloud & {
  /** The same addresses, with the token added to every request that has none. */
  readonly withToken: string;
  /** What the functions logged so far. */
  logged(): string;
  /** Publishes what others might, on a topic by its name without prefix. Returns the message's id. */
  publish(topic: string, text: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  /** What is among the dead letters by now; each is given once. */
  deadLetters(): Promise<DeadLetter[]>;
};
type Options = {
  /** The front's port; the functions take those behind it. */
  readonly port: number;
  readonly configuration: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onPush?: NonNullable<CloudOptions['onPush']>;
};

/** The whole cloud arrangement, in a project of the emulators that nobody else uses, gone with the test. */
export async function startCloudPlace(t: ExecutionContext, options: Options): Promise<CloudPlace> {
  const { port, configuration, environment, onPush } = options;
  const project = `test-${randomUUID()}`;
  const folder = await temporaryFolder(t);
  let text = '';
  const cloud = await startCloud({
    environment: { ...process.env, ...environment },
    project,
    port,
    folder,
    configuration,
    token: CLOUD_TOKEN,
    log,
    tick: 1_000,
    ...(onPush && { onPush }),
    write: line => {
      text += line;
    },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= cloud.stop();
    return stopped;
  };
  t.teardown(stop);
  const pubsub = new PubSub({ projectId: project });
  t.teardown(() => pubsub.close());
  return {
    ...cloud,
    stop,
    withToken: `http://${await serveWithToken(t, cloud.url)}`,
    logged: () => text,
    publish: (topic, message, attributes = {}) =>
      pubsub.topic(`headway-${topic}`).publishMessage({ data: Buffer.from(message), attributes }),
    deadLetters: () => takeAll(pubsub),
  };
}

function serveWithToken(t: ExecutionContext, url: string): Promise<string> {
  return serveHttp(t, (request, response) => {
    const headers = { authorization: `Bearer ${CLOUD_TOKEN}`, ...request.headers, host: new URL(url).host };
    const { method = 'GET' } = request;
    const onwards = send(new URL(request.url ?? '/', url), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    request.pipe(onwards);
  });
}

/** Pulls until nothing has come for a while. */
async function takeAll(pubsub: PubSub): Promise<DeadLetter[]> {
  const subscription = pubsub.subscription('headway-dead-letters');
  const found: DeadLetter[] = [];
  let quiet = 0;
  subscription.on('message', message => {
    message.ack();
    quiet = 0;
    found.push({ text: message.data.toString(), attributes: message.attributes });
  });
  subscription.on('error', () => {});
  for (; quiet < 10; quiet++) await later(150);
  await subscription.close();
  return found;
}
