import type { Documents } from '../../shared/ports/documents.ts';
import { queries } from '../../shared/records/queries.ts';
import { createMemoryDocuments } from './memory-documents.ts';
import { createFaults } from './world/faults.ts';
import { shaOf } from './world/memory-forge.ts';
import { deliverPush, pushOf, shopConfiguration } from './world/shop.ts';
import { createSurroundings, startLife } from './world/world.ts';

/** Until the next sweep; the first look at what was deployed comes before. */
const MINUTE = 60_000;

/**
 * Counts what one push of a parent image with two children costs, from the webhook until both run, when another
 * commit was carried there before. Documents are counted as Firestore bills them: a read for each that is got, found
 * or read in a transaction, one also for a query that finds none, and a write for each that is stored or deleted
 * (https://cloud.google.com/firestore/pricing). The sweep's asking when nothing is due goes by the minute, not by the
 * push, and is left out.
 */
export async function countPush() {
  const counts = { reads: 0, writes: 0, messages: 0 };
  const around = createSurroundings({ c1: [], c2: ['c1'] });
  const documents = counting(createMemoryDocuments({ queries }), counts);
  const life = await startLife(around, {
    documents,
    configuration: threeImages(),
    faults: createFaults({}),
    worker: 'the only one',
    onPublish: hints => {
      counts.messages += hints.length;
    },
  });
  await life.adopt();
  await push(undefined, 'c1');
  const before = { ...counts };
  await push('c1', 'c2');
  await life.close();
  return {
    reads: counts.reads - before.reads,
    writes: counts.writes - before.writes,
    messages: counts.messages - before.messages,
    running: around.target.running(),
    served: around.registry.tags(),
  };

  async function push(from: string | undefined, to: string): Promise<void> {
    around.forge.setHead('main', shaOf(to));
    await deliverPush(life.hooks, `push-${to}`, pushOf(from, to));
    for (let due = 1; due > 0; ) {
      await life.idle();
      around.clock.pass(MINUTE);
      const { reads } = counts;
      due = await life.sweep();
      if (due === 0) counts.reads = reads;
    }
  }
}

function threeImages() {
  const { jobs: _image, ...images } = shopConfiguration().images;
  const { jobs: _service, ...services } = shopConfiguration().services;
  const prod = shopConfiguration().tags['prod'];
  return {
    ...shopConfiguration(),
    images,
    services,
    tags: prod === undefined ? {} : { prod: { ...prod, images: ['web', 'api'] } },
  };
}

function counting(documents: Documents, counts: { reads: number; writes: number }): Documents {
  return {
    ...documents,
    get(ref) {
      counts.reads += 1;
      return documents.get(ref);
    },
    async query(query) {
      const found = await documents.query(query);
      counts.reads += Math.max(1, found.length);
      return found;
    },
    transact(refs, judge) {
      counts.reads += refs.length;
      return documents.transact(refs, read => {
        const decision = judge(read);
        counts.writes += decision.writes.length;
        return decision;
      });
    },
  };
}
