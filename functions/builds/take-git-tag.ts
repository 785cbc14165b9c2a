import { tagsFollowingGitTags } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Push } from '../../shared/domain/deliveries/parse-push.ts';
import { settleDelivery } from '../../shared/domain/deliveries/settle-delivery.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { isTakenBy } from '../../shared/domain/tags/git-tag-rules.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import { recordGitTag } from '../../shared/domain/tags/record-git-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hint, Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { builds, deliveries, gitTags, tags } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

export type TakeGitTag = {
  readonly records: Records;
  readonly hints: Hints;
  readonly forge: Pick<Forge, 'commit'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
};
/** A push of a Git tag, of a repo of the configuration, whose delivery still waits. */
export type PushedGitTag = { readonly delivery: Delivery; readonly repo: string; readonly push: Push };

/**
 * Turns a pushed Git tag into what follows from it: its images are put up for the tags whose pattern or range it fits.
 *
 * @throws {Error} when nobody knows yet which commit it names.
 */
export function createTakeGitTag(its: TakeGitTag): (pushed: PushedGitTag) => Promise<void> {
  const { records, hints, configuration, clock, log } = its;

  return async function takeGitTag({ delivery, repo, push }) {
    const ref = refTo(deliveries, delivery.source, delivery.id);
    const { name } = push;
    const all = tagsFollowingGitTags(configuration, repo);
    const following = all.filter(({ rule }) => isTakenBy(rule, name));
    const images = withParents(
      configuration,
      following.map(({ image }) => image),
    );
    const commit = all.length === 0 ? undefined : await commitOf(its, repo, push);
    const refs = {
      delivery: ref,
      gitTag: refTo(gitTags, repo, name),
      builds: images.map(image => refTo(builds, image, commit ?? '')),
      tags: following.map(({ image, tag }) => refTo(tags, image, tag)),
    };
    const due = await records.transact(refs, found => {
      if (found.delivery?.status !== 'waiting') return { result: [], writes: [] };
      const now = clock.now();
      if (all.length === 0) {
        const outcome = { status: 'ignored', outcome: `tag ${name}: nothing follows Git tags` } as const;
        return { result: [], writes: [put(deliveries, settleDelivery(found.delivery, outcome, now))] };
      }
      const known = following.map(({ image, tag }, i) => found.tags[i] ?? newTag(configuration, image, tag));
      const done = recordGitTag(
        { ...found, delivery: found.delivery, tags: known },
        { repo, name, commit, images, configuration, now },
      );
      const writes = [
        put(deliveries, done.delivery),
        ...(done.gitTag === undefined ? [] : [put(gitTags, done.gitTag)]),
        ...done.builds.map(build => put(builds, build)),
        ...done.tags.map(tag => put(tags, tag)),
      ];
      const hinted: Hint[] = [
        ...done.builds.filter(({ due }) => due !== undefined).map(hintOfBuild),
        ...done.tags.filter(({ due }) => due !== undefined).map(hintOfTag),
      ];
      return { result: hinted, writes };
    });
    await hints.publish(due);
    log.info('Git tag settled', { repo, tag: name, commit, following: following.length });
  };
}

/** The commit that it names; nothing where it was deleted. */
async function commitOf({ forge }: TakeGitTag, repo: string, push: Push): Promise<string | undefined> {
  if (push.deleted) return undefined;
  const commit = push.commit ?? (await forge.commit(repo, push.after))?.sha;
  if (commit !== undefined) return commit;
  throw new Error(
    `Cannot tell which commit tag ${push.name} of "${repo}" names: the forge does not know it yet`,
  );
}

/** The images and those that they stand on, parents first. */
function withParents({ images }: Configuration, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    if (found.has(name)) return;
    const parent = images[name]?.parent;
    if (parent !== undefined) add(parent);
    found.add(name);
  };
  names.forEach(add);
  return [...found];
}

function hintOfBuild({ image, commit }: { readonly image: string; readonly commit: string }): Hint {
  return { topic: 'builds', collection: 'builds', key: refTo(builds, image, commit).key };
}

function hintOfTag({ image, tag }: { readonly image: string; readonly tag: string }): Hint {
  return { topic: 'tags', collection: 'tags', key: refTo(tags, image, tag).key };
}
