import type { HookConfiguration } from '../configuration/hooks.ts';
import type { Delivery } from '../documents/delivery.ts';
import { parseGithubPackage } from '../registry-pushes/parse-github-package.ts';
import { parseRegistryPushes } from '../registry-pushes/parse-registry-pushes.ts';
import { parseArtifactRegistry } from './parse-artifact-registry.ts';
import { parseCloudBuild, trimCloudBuild } from './parse-cloud-build.ts';
import { parseNotice } from './parse-notice.ts';
import { isPullRequest, parsePullRequest } from './parse-pull-request.ts';
import { parsePush } from './parse-push.ts';
import { parseJson } from './read-payload.ts';

/** Who wants to see a delivery, and whether there is anything to do for it. */
export type PayloadVerdict = {
  readonly event: string;
  readonly topic: 'pushes' | 'notices';
  /** Why there is nothing to do, as a sentence; absent when somebody has to look. */
  readonly ignored?: string;
};

type Payload = {
  readonly kind: Delivery['kind'];
  /** The sender's word for what happened, where it has one. */
  readonly event?: string | undefined;
  readonly body: string;
  /** How the configuration says that it is to be read; a message has no hook. */
  readonly hook?: HookConfiguration | undefined;
};

/**
 * What a payload asks for.
 *
 * @throws {PermanentError} when the payload is not what its sender should have sent.
 */
export function judgePayload({ kind, event, body, hook }: Payload): PayloadVerdict {
  switch (kind) {
    case 'github':
    case 'gitea':
    case 'gitlab':
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
      return judgePushes('push', parseArtifactRegistry(body));
    default:
      return judgePushes('push', parseRegistryPushes({ kind, body, hook }));
  }
}

function judgePushes(event: string, { length }: readonly unknown[]): PayloadVerdict {
  const nothing = { ignored: 'no tag was pushed: nothing to do' };
  return { event, topic: 'notices', ...(length === 0 && nothing) };
}

function judgeForgeEvent(kind: Delivery['kind'], event: string, body: string): PayloadVerdict {
  if (kind === 'github' && isPackageEvent(event)) return judgePushes(event, parseGithubPackage(body));
  const about = { event, topic: 'pushes' } as const;
  if (isPullRequest({ kind, event })) {
    const nothing = { ignored: `${event}: nothing of its commits changed` };
    return { ...about, ...(parsePullRequest(kind, body) === undefined && nothing) };
  }
  if (event !== 'push' && event !== 'tag_push') {
    parseJson(body, `event "${event}"`);
    return { ...about, ignored: `${event}: nothing to do` };
  }
  const push = parsePush(kind, body);
  if (push.kind !== 'other') return about;
  return { ...about, ignored: 'push of neither a branch nor a tag: nothing to do' };
}

/** GitHub tells of a push to ghcr.io under both names, to whoever asked for them. */
function isPackageEvent(event: string): boolean {
  return event === 'package' || event === 'registry_package';
}
