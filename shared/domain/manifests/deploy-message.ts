import { type CommitSha, shortSha } from '../names/commit-sha.ts';
import { type Digest, shortDigest } from '../names/digest.ts';

/** One image that a commit of headway's brings to a digest. */
export type DeployedImage = {
  readonly service: string;
  /** `registry/repository`. */
  readonly repository: string;
  readonly digest: Digest;
  readonly commit?: CommitSha | undefined;
};

/** How headway remembers in Git itself which digests it wrote. https://git-scm.com/docs/git-interpret-trailers */
export const IMAGE_TRAILER = 'Headway-Image';

/** The message of the commit that deploys these images: subject, a line and a trailer each. */
export function deployMessage(images: readonly DeployedImage[]): string {
  const lines = images.map(image => `- ${headline(image)}, ${image.repository}`);
  const trailers = images.map(({ repository, digest }) => `${IMAGE_TRAILER}: ${repository}@${digest}`);
  return `${subject(images)}\n\n${lines.join('\n')}\n\n${[...new Set(trailers)].join('\n')}\n`;
}

function subject([first, ...others]: readonly DeployedImage[]): string {
  if (first === undefined) return 'Deploy nothing';
  return `Deploy ${headline(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

/** `web 1a2b3c4 (0123456789ab)`: the service, the commit where it is known, the digest. */
function headline({ service, commit, digest }: DeployedImage): string {
  const of = commit === undefined ? '' : ` ${shortSha(commit)}`;
  return `${service.replaceAll(/\s+/g, ' ')}${of} (${shortDigest(digest)})`;
}

/** The images that a message of {@link deployMessage} names; none of any other message. */
export function imagesOf(message: string): DeployedImage[] {
  const digests = new Map(
    [...message.matchAll(/^Headway-Image: (\S+)@(sha256:[0-9a-f]{64})$/gm)].map(([, repository, digest]) => [
      repository,
      digest,
    ]),
  );
  return [...message.matchAll(/^- (.+?)(?: ([0-9a-f]{7}))? \([0-9a-f]{12}\), (\S+)$/gm)].flatMap(
    ([, service = '', commit, repository = '']) => {
      const digest = digests.get(repository);
      return digest === undefined ? [] : [{ service, repository, digest, commit }];
    },
  );
}
