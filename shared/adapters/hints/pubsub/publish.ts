import type { Hint } from '../../../ports/hints.ts';
import { explainFailure, isRpcError, RPC } from '../../google/explain-failure.ts';
import type { Connection } from './connection.ts';

export type Message = {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
};

/** https://cloud.google.com/pubsub/quotas: messages in a request, bytes of an ordering key. */
const MOST_AT_ONCE = 1_000;
const LONGEST_ORDERING_KEY = 1_024;
/** The document is due anyway, so nobody need wait for an outage to end: by itself the client would for 10 minutes. */
const RETRY = {
  backoffSettings: {
    initialRetryDelayMillis: 100,
    retryDelayMultiplier: 2,
    maxRetryDelayMillis: 1_000,
    initialRpcTimeoutMillis: 5_000,
    rpcTimeoutMultiplier: 1,
    maxRpcTimeoutMillis: 5_000,
    totalTimeoutMillis: 5_000,
  },
};

/**
 * A hint as a message. Order does not matter to hints; they have an ordering key because messages of one key are
 * pushed one after another, each when the one before was acknowledged, so that one document is not looked at by
 * two instances at the same time (https://cloud.google.com/pubsub/docs/ordering). Keys too long for it are cut:
 * documents that then share one only wait for each other.
 */
export function hintMessage({ topic, collection, key }: Hint): Message {
  return {
    data: JSON.stringify({ topic, collection, key }),
    attributes: { collection, key },
    orderingKey: `${collection}/${key}`.slice(0, LONGEST_ORDERING_KEY),
  };
}

/** @throws {Error} when not all were published, with the remedy where a person must act. */
export async function publish(
  connect: () => Promise<Connection>,
  topic: string,
  messages: readonly Message[],
): Promise<void> {
  try {
    const { pubsub, publisher } = await connect();
    const name = `projects/${pubsub.projectId}/topics/${topic}`;
    for (let first = 0; first < messages.length; first += MOST_AT_ONCE) {
      const some = messages.slice(first, first + MOST_AT_ONCE);
      await publisher.publish({ topic: name, messages: some.map(encoded) }, { retry: RETRY });
    }
  } catch (error) {
    const advice = adviceFor(error, { what: `topic "${topic}"`, role: 'roles/pubsub.publisher' });
    if (advice === undefined) throw error;
    throw new Error(`Cannot publish to topic "${topic}": ${advice}`, { cause: error });
  }
}

/** Why Pub/Sub cannot be used and what to do, as the end of a sentence; nothing where waiting may help. */
export function adviceFor(
  error: unknown,
  { what, role }: { readonly what: string; readonly role: string },
): string | undefined {
  if (isRpcError(error) && error.code === RPC.notFound) {
    return `there is no ${what} in this project, apply the Terraform configuration or check HEADWAY_PREFIX`;
  }
  const service = { name: 'Pub/Sub', api: 'pubsub.googleapis.com', role, projectId: undefined };
  return explainFailure(error, service);
}

function encoded({ data, attributes, orderingKey }: Message) {
  return {
    data: Buffer.from(data),
    attributes: { ...attributes },
    ...(orderingKey !== undefined && { orderingKey }),
  };
}
