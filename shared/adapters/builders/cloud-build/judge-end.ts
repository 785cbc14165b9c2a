import type { Digest } from '../../../domain/names/digest.ts';
import { isDigest } from '../../../domain/names/digest.ts';
import {
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import type { CloudBuild } from './build-resource.ts';

export type CloudEnd =
  | { readonly kind: 'built'; readonly digest: Digest | undefined }
  | { readonly kind: 'failed'; readonly reason: string; readonly final: boolean };

/** How a build that is over ended; `final` where no repeat will mend it. */
export function judgeEnd(build: CloudBuild, image: ImageReference): CloudEnd {
  if (build.status === 'SUCCESS') return { kind: 'built', digest: digestOf(build, image) };
  const { final, words } = ENDS[build.status] ?? { final: false, words: `it is ${build.status}` };
  const broken = build.steps.find(({ status }) => status === 'FAILURE' || status === 'TIMEOUT');
  const step = broken === undefined ? '' : ` in step "${broken.id || broken.name}"`;
  const detail = [build.failureInfo?.detail, build.statusDetail].find(text => text) ?? '';
  const why = detail === '' ? '' : `: ${detail.trim().replaceAll(/\s+/g, ' ')}`;
  const log = build.logUrl === '' ? '' : `; its log is at ${build.logUrl}`;
  const passes = PASSING.has(build.failureInfo?.type ?? '');
  return {
    kind: 'failed',
    reason: `Cloud Build ${build.id}: ${words}${step}${why}${log}`,
    final: final && !passes,
  };
}

const ENDS: Partial<Record<CloudBuild['status'], { readonly final: boolean; readonly words: string }>> = {
  FAILURE: { final: true, words: 'the build failed' },
  INTERNAL_ERROR: { final: false, words: 'Cloud Build itself failed' },
  TIMEOUT: { final: true, words: 'the build took longer than the timeout of its builder' },
  CANCELLED: { final: false, words: 'somebody cancelled the build' },
  EXPIRED: { final: false, words: 'the build waited for a worker for too long' },
};
/** Of https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#failuretype those that another try may not meet. */
const PASSING = new Set(['PUSH_FAILED', 'FETCH_SOURCE_FAILED', 'LOGGING_FAILURE']);

/** What was pushed under this very name, else the only digest pushed to its repository. */
function digestOf({ results }: CloudBuild, image: ImageReference): Digest | undefined {
  const pushed = results.images.flatMap(({ name, digest }) => {
    const found = parseImageReference(name);
    if (found === undefined || digest === undefined || !isDigest(digest)) return [];
    return sameRepository(found, image) ? [{ tag: found.tag, digest }] : [];
  });
  const exact = pushed.find(({ tag }) => tag === image.tag)?.digest;
  const digests = new Set(pushed.map(({ digest }) => digest));
  return exact ?? (digests.size === 1 ? pushed[0]?.digest : undefined);
}
