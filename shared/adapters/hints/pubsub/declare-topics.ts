import type { PubSub } from '@google-cloud/pubsub';

type Declaration = {
  readonly projectId: string;
  readonly prefix: string;
  /** By topic, where its messages are pushed. */
  readonly endpoints: Readonly<Record<string, string>>;
};

const ALREADY_EXISTS = 6;

/**
 * Makes topics, push subscriptions and dead letters in the emulator, as Terraform declares them on Google Cloud; what
 * is there already is pointed at its endpoint. The pauses are shorter than there. Messages are not ordered as they are
 * there: in the emulator nothing of an ordered subscription ever reaches the dead letters, and order is no promise
 * that anything here stands on.
 */
export async function declareTopics({ projectId, prefix, endpoints }: Declaration): Promise<void> {
  const { PubSub } = await import('@google-cloud/pubsub');
  const pubsub = new PubSub({ projectId });
  try {
    const names = [...Object.keys(endpoints), 'dead-letters'];
    for (const name of names) await unlessThere(pubsub.createTopic(`${prefix}-${name}`));
    await unlessThere(pubsub.createSubscription(`${prefix}-dead-letters`, `${prefix}-dead-letters`));
    for (const [topic, url] of Object.entries(endpoints)) await push(pubsub, { prefix, topic, url });
  } finally {
    await pubsub.close();
  }
}

/** Nothing is pushed any more where nobody listens now; what is published meanwhile is kept until it is declared again. */
export async function stopPushes({ projectId, prefix, endpoints }: Declaration): Promise<void> {
  const { PubSub } = await import('@google-cloud/pubsub');
  const pubsub = new PubSub({ projectId });
  try {
    for (const topic of Object.keys(endpoints)) {
      await pubsub.subscription(`${prefix}-${topic}`).modifyPushConfig({ pushEndpoint: '' });
    }
  } finally {
    await pubsub.close();
  }
}

async function push(pubsub: PubSub, { prefix, topic, url }: { prefix: string; topic: string; url: string }) {
  const name = `${prefix}-${topic}`;
  const pushEndpoint = `${url}/projects/${pubsub.projectId}/topics/${name}`;
  await unlessThere(
    pubsub.createSubscription(name, name, {
      pushConfig: { pushEndpoint },
      ackDeadlineSeconds: 600,
      retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 10 } },
      deadLetterPolicy: {
        deadLetterTopic: `projects/${pubsub.projectId}/topics/${prefix}-dead-letters`,
        maxDeliveryAttempts: 35,
      },
    }),
  );
  await pubsub.subscription(name).modifyPushConfig({ pushEndpoint });
}

async function unlessThere(made: Promise<unknown>): Promise<void> {
  await made.catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)) throw error;
  });
}
