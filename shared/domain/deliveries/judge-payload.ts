import type { Delivery } from '../documents/delivery.ts';
import { parseArtifactRegistry } from './parse-artifact-registry.ts';
import { parseCloudBuild, trimCloudBuild } from './parse-cloud-build.ts';
import { parseNotice } from './parse-notice.ts';
import { parsePush } from './parse-push.ts';
import { parseRegistryPushes } from './parse-registry-push.ts';
import { parseJson } from './read-payload.ts';

/** Who wants to see a delivery, and whether there is anything to do for it. */
export type PayloadVerdict = {
  readonly event: string;
  readonly topic: 'pushes' | 'notices';
  /** Why there is nothing to do, as a sentence; absent when somebody has to look. */
  readonly ignored?: string;
};

/**
 * What a payload asks for. `event` is the sender's word for it, where the sender has one.
 *
 * @throws {PermanentError} when the payload is not what its sender should have sent.
 */
export function judgePayload(
  kind: Delivery['kind'],
  event: string | undefined,
  body: string,
): PayloadVerdict {
  switch (kind) {
    case 'github':
    case 'gitea':
      return judgeForgeEvent(kind, event ?? 'unknown', body);
    case 'notices':
      parseNotice(body);
      return { event: 'notice', topic: 'notices' };
    case 'cloud-build': {
      const nothing = { ignored: 'no image of a commit: nothing to do' };
      const event = trimCloudBuild(body).status;
      return { event, topic: 'notices', ...(parseCloudBuild(body).length === 0 && nothing) };
    }
    case 'artifact-registry':
      return judgePushes(parseArtifactRegistry(body));
    default:
      return judgePushes(parseRegistryPushes(kind, body));
  }
}

function judgePushes({ length }: readonly unknown[]): PayloadVerdict {
  const nothing = { ignored: 'no tag was pushed: nothing to do' };
  return { event: 'push', topic: 'notices', ...(length === 0 && nothing) };
}

function judgeForgeEvent(kind: 'github' | 'gitea', event: string, body: string): PayloadVerdict {
  const about = { event, topic: 'pushes' } as const;
  if (event !== 'push') {
    parseJson(body, `event "${event}"`);
    return { ...about, ignored: `${event}: nothing to do` };
  }
  const push = parsePush(kind, body);
  if (push.kind !== 'other') return about;
  return { ...about, ignored: 'push of neither a branch nor a tag: nothing to do' };
}
