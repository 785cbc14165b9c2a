import { instant } from '../../shared/domain/claims.ts';
import type { WikiConfiguration } from '../../shared/domain/configuration/wiki.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { endPages, type PagesFailure, takePages } from '../../shared/domain/wiki/judge-pages.ts';
import { promotionLists } from '../../shared/domain/wiki/promotion-lists.ts';
import { HOME, pagesToRead, publishMessage, STABLE, wikiPages } from '../../shared/domain/wiki/wiki-pages.ts';
import type { Pages, WikiEdit } from '../../shared/ports/wiki.ts';
import { promotions } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { gatherShowing, isShown } from './gather-showing.ts';
import type { Promote, PromotionRef } from './promote.ts';

const CLAIM_MS = 60_000;

/**
 * Keeps the lists of what a promotion that has ended came to, where that waits, and shows it in the wikis: its tag as
 * it stands by the documents of all promotions. A dry run is not shown; what it would look like is kept beside its
 * lists. A failure is recorded on the promotion and tried again; it changes nothing else.
 */
export async function publishWiki(its: Promote, ref: PromotionRef): Promise<void> {
  const { records, clock, worker, log } = its;
  const promotion = await take(its, ref);
  if (promotion === undefined) return;
  const failure = await withClaim(
    { records, collection: promotions, ref, by: worker, lasts: CLAIM_MS, clock },
    signal => showAll(its, promotion, signal),
  );
  const { number } = promotion;
  if (failure === undefined)
    log.info('Promotion shown', { number, wikis: Object.keys(its.configuration.wikis) });
  else log[failure.permanent ? 'error' : 'warn']('Promotion not shown', { number, error: failure.message });
  await records.transact({ found: ref }, ({ found }) => ({
    result: undefined,
    writes: found?.claim?.by === worker ? [put(promotions, endPages(found, failure, clock.now()))] : [],
  }));
}

function take({ records, clock, worker }: Promote, ref: PromotionRef): Promise<Promotion | undefined> {
  return records.transact({ found: ref }, ({ found }) => {
    const now = clock.now();
    const taken = takePages(found, { by: worker, until: instant(now + CLAIM_MS) }, now);
    return { result: taken, writes: taken === undefined ? [] : [put(promotions, taken)] };
  });
}

/** Every wiki is tried, also when another fails. */
async function showAll(
  its: Promote,
  promotion: Promotion,
  signal: AbortSignal,
): Promise<PagesFailure | undefined> {
  const wikis = Object.entries(its.configuration.wikis).filter(([, settings]) =>
    promotion.images.some(({ image }) => isShown(settings, image)),
  );
  const shown = await Promise.allSettled([
    keepLists(its, promotion),
    ...wikis.map(([name, settings]) => show(its, promotion, { name, settings, signal })),
  ]);
  signal.throwIfAborted();
  const errors: unknown[] = shown.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
  if (errors.length === 0) return undefined;
  const messages = errors.map(error => (error instanceof Error ? error.message : String(error)));
  return {
    message: its.redact(messages.join('; ')),
    permanent: errors.every(error => error instanceof PermanentError),
  };
}

type Shown = {
  readonly name: string;
  readonly settings: WikiConfiguration;
  readonly signal: AbortSignal;
};

async function show(its: Promote, promotion: Promotion, { name, settings, signal }: Shown): Promise<void> {
  const wiki = its.wiki(name);
  let pages: Pages = new Map();
  const edit: WikiEdit = async read => {
    const showing = await gatherShowing(its, promotion, settings);
    pages = wikiPages(showing, await read(pagesToRead(showing)));
    return { pages, message: publishMessage(showing) };
  };
  if (promotion.phase === 'rehearsed') await edit(wiki.read);
  else await wiki.publish(edit, signal);
  await keepCopies(its, promotion, { wiki: name, pages });
}

/** The two pages that are made of several images, as this wiki has them; of a dry run, as it would. */
async function keepCopies(
  { artifacts }: Promote,
  { number }: Promotion,
  { wiki, pages }: { readonly wiki: string; readonly pages: Pages },
): Promise<void> {
  for (const path of [HOME, STABLE]) {
    const text = pages.get(path);
    if (text !== undefined) await artifacts.put(`promotions/${number}/wikis/${wiki}/${path}`, text);
  }
}

async function keepLists({ artifacts }: Promote, promotion: Promotion): Promise<void> {
  for (const [list, text] of promotionLists(promotion)) {
    await artifacts.put(`promotions/${promotion.number}/artifacts/${list}`, text);
  }
}
