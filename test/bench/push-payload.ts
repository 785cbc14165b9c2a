import { webhookFixture } from '../helpers/signed-webhook.ts';

const BYTES = 8_192;

/** GitHub's payload of a push to a branch that nothing follows, with as many commits as fit into about 8 KB. */
export function pushPayload(ref: string): string {
  const payload: { commits: unknown[] } = JSON.parse(webhookFixture('github-push'));
  const [example, ...others] = payload.commits;
  const commits = [...others];
  const text = () => JSON.stringify({ ...payload, ref, commits });
  while (Buffer.byteLength(text()) < BYTES) commits.unshift(example);
  return text();
}
