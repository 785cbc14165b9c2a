import type { PubSub, v1 } from '@google-cloud/pubsub';

export type Connection = {
  readonly pubsub: PubSub;
  /** Publishes many messages in one request, whatever their ordering keys: the queues of `PubSub` send one for each. */
  readonly publisher: v1.PublisherClient;
};

/**
 * Loads the client when it is first needed: it takes a fifth of a second, which a function that publishes nothing
 * need not wait for. An emulator is found by `PUBSUB_EMULATOR_HOST`.
 */
export function connectLazily(projectId: string | undefined) {
  let connecting: Promise<Connection> | undefined;
  const connect = (): Promise<Connection> => {
    connecting ??= open(projectId);
    return connecting;
  };
  const close = async (): Promise<void> => {
    if (connecting === undefined) return;
    const { pubsub, publisher } = await connecting;
    await Promise.all([publisher.close(), pubsub.close()]);
  };
  return { connect, close };
}

async function open(projectId: string | undefined): Promise<Connection> {
  const { PubSub, v1 } = await import('@google-cloud/pubsub');
  const pubsub = new PubSub(projectId === undefined ? {} : { projectId });
  // A copy, since the types of the two do not agree on options that are not set.
  const options = Object.fromEntries(Object.entries(await pubsub.getClientConfig()));
  return { pubsub, publisher: new v1.PublisherClient(options) };
}
