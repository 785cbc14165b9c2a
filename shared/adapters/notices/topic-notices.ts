import { z } from 'zod';
import { formatNotice } from '../../domain/deliveries/format-notice.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { NoticeSender } from '../../ports/notice-sender.ts';
import type { AccessToken } from '../google/access-token.ts';
import { createHttp } from '../http/http.ts';
import { createJsonApi } from '../http/json-api.ts';

type Options = {
  /** `projects/PROJECT/topics/TOPIC`. */
  readonly topic: string;
  readonly token: AccessToken;
  /** `https://pubsub.googleapis.com` when absent. */
  readonly endpoint?: string | undefined;
  /** Milliseconds for one answer. */
  readonly deadline?: number;
};

/**
 * Publishes notices to a topic of Google's Pub/Sub, as Skia's task drivers do; without its client library, since a
 * builder publishes once and ends.
 * https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish
 */
export function createTopicNotices({ topic, token, endpoint, deadline = 15_000 }: Options): NoticeSender {
  const ask = createJsonApi({
    http: createHttp({ userAgent: 'headway' }),
    base: endpoint ?? 'https://pubsub.googleapis.com',
    authorization: async () => `Bearer ${await token()}`,
    advise: status =>
      status === 403
        ? `grant this account roles/pubsub.publisher on ${topic}`
        : `check the name ${topic} and the credentials`,
    deadline,
  });
  return {
    to: topic,
    async send(notice, signal) {
      const doing = `publish the notice of ${notice.image.repository}`;
      const data = Buffer.from(formatNotice(notice)).toString('base64');
      const call = {
        doing,
        method: 'POST' as const,
        path: `v1/${topic}:publish`,
        body: { messages: [{ data }] },
        signal,
      };
      const answer = await ask(call, z.object({ messageIds: z.array(z.string()).min(1) }));
      if (answer === undefined) throw new PermanentError(`Cannot ${doing}: there is no topic ${topic}`);
    },
  };
}
