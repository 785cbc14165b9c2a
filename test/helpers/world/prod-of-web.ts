import { tags } from '../../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from './calm-life.ts';
import { shopConfiguration } from './shop.ts';

const PROD = 'registry.example/shop/web:prod';

/** A life in which others build, whose branch is at c5, and whose `web:prod` was set to these commits in turn. */
export async function startOn(
  commits: readonly string[] = [],
  { more = {}, onRewrite = 'wait' }: Parameters<typeof shopConfiguration>[1] = {},
): Promise<CalmLife> {
  const life = await startCalmLife({ configuration: shopConfiguration('none', { more, onRewrite }) });
  await life.push(undefined, 'c5');
  for (const commit of commits) await notify(life, commit);
  return life;
}

/** Somebody builds the image at the commit, and tells. */
export async function notify(life: CalmLife, commit: string, image = 'web'): Promise<void> {
  await life.built(image, commit);
  await life.notice(image, commit);
}

export const prod = (life: CalmLife) => life.get(tags, 'web', 'prod');
export const inRegistry = (life: CalmLife) => life.around.registry.tags()[PROD];
