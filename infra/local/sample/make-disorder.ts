import { readFileSync } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';
import { z } from 'zod';
import type { Delivery } from '../../../shared/domain/documents/delivery.ts';
import type { Hint, Hints } from '../../../shared/ports/hints.ts';
import { commits, deliveries } from '../../../shared/records/collections.ts';
import { type Records, refByKey, refTo } from '../../../shared/records/records.ts';
import { history } from './history.ts';
import type { Sample } from './sample.ts';

const Notice = z.object({ image_name: z.string(), tag: z.string() });
type Held = { readonly hint: Hint; readonly commit: string; readonly body: string };

/** The order in which the notices of an image arrive, by its commits from 0: the last before the first and third. */
const ARRIVALS = [1, 3, 0, 2];
/** The one that arrives twice. */
const TWICE = 3;
const PATIENCE_MS = 20_000;
const BETWEEN_MS = 700;

/**
 * Stands between builders and `notices` like a badly behaved network: the notices of an image with a tag are held
 * until all of the story's are there, and then arrive out of order, and one twice.
 */
export function makeDisorder(hints: Hints, its: { records: Records; sample: Sample; url: string }): Hints {
  const held = new Map<string, Held[]>();
  const seen = new Set<string>();
  const released = new Set<string>();
  const release = async (image: string) => {
    const waiting = await inOrder(its.records, (held.get(image) ?? []).splice(0));
    for (const [turn, at] of ARRIVALS.entries()) {
      const notice = waiting[at];
      if (notice === undefined) continue;
      if (turn > 0) await later(BETWEEN_MS);
      released.add(notice.hint.key);
      await hints.publish([notice.hint]);
      if (at === TWICE) await sendAgain(notice.body, its);
    }
  };
  const hold = async (hint: Hint): Promise<boolean> => {
    if (seen.has(hint.key)) return !released.has(hint.key);
    const delivery = await its.records.get(refByKey(deliveries, hint.key));
    const notice = delivery === undefined ? undefined : noticeIn(delivery);
    if (delivery === undefined || notice === undefined) return false;
    seen.add(hint.key);
    const waiting = [
      ...(held.get(notice.image_name) ?? []),
      { hint, commit: notice.tag, body: delivery.body },
    ];
    held.set(notice.image_name, waiting);
    if (waiting.length === 1) setTimeout(() => void release(notice.image_name), PATIENCE_MS).unref();
    if (waiting.length === history.length) void release(notice.image_name);
    return true;
  };
  return {
    listen: hints.listen.bind(hints),
    async publish(published) {
      for (const hint of published) {
        if (hint.topic === 'notices' && (await hold(hint))) continue;
        await hints.publish([hint]);
      }
    },
  };
}

async function inOrder(records: Records, notices: readonly Held[]): Promise<Held[]> {
  const placed = notices.map(async notice => {
    const commit = await records.get(refTo(commits, 'shop', notice.commit));
    return { notice, place: commit?.places['main']?.place ?? 0 };
  });
  return (await Promise.all(placed)).toSorted((a, b) => a.place - b.place).map(({ notice }) => notice);
}

/** Only our own builders' notices of images that carry a tag. */
function noticeIn(delivery: Delivery) {
  if (delivery.source !== 'builder' || delivery.status !== 'waiting') return undefined;
  const notice = Notice.safeParse(JSON.parse(delivery.body));
  return notice.success && !notice.data.image_name.endsWith('/base') ? notice.data : undefined;
}

/** The second time it comes over HTTP, as from a builder somewhere else. */
async function sendAgain(body: string, { sample, url }: { sample: Sample; url: string }): Promise<void> {
  const secret = readFileSync(sample.secrets.builds, 'utf8').trim();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  await fetch(`${url}/hooks/builds`, { method: 'POST', headers, body });
}
