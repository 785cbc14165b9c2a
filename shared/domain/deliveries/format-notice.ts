import { repositoryName } from '../names/image-reference.ts';
import type { BuildNotice } from './parse-notice.ts';
import { shortMessage } from './short-message.ts';

const STATUSES = { building: 'working', succeeded: 'success', failed: 'failure' } as const;

/** The notice as JSON, as Skia's task drivers send it, with the optional fields. `parseNotice` is its inverse. */
export function formatNotice(notice: BuildNotice): string {
  const { image, status, repo, branch, digest, buildId, startedAt, parentDigest, message, own } = notice;
  return JSON.stringify({
    image_name: repositoryName(image),
    tag: image.tag,
    repo,
    status: STATUSES[status],
    branch,
    digest,
    build_id: buildId,
    started_at: startedAt,
    parent_digest: parentDigest,
    message: message && shortMessage(message),
    ...own,
  });
}
