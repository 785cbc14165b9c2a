import { setTimeout as later } from 'node:timers/promises';
import { builds, type Collection, deliveries, services, tags } from '../../../shared/records/collections.ts';
import type { Records } from '../../../shared/records/records.ts';

const LOOK_EVERY_MS = 250;
const QUIET_LOOKS = 3;

/** Resolves when nothing has been due soon for a moment, when told to stop, or after a minute at most. */
export async function waitForQuiet(records: Records, stop: AbortSignal): Promise<void> {
  let quiet = 0;
  for (let looks = 0; looks < 240 && quiet < QUIET_LOOKS && !stop.aborted; looks++) {
    await later(LOOK_EVERY_MS);
    quiet = (await isBusy(records)) ? 0 : quiet + 1;
  }
}

async function isBusy(records: Records): Promise<boolean> {
  const soon = new Date(Date.now() + 120_000).toISOString();
  const due = <T>(collection: Collection<T>) =>
    records.query(collection, {
      where: [{ field: 'due', is: '<=', value: soon }],
      orderBy: { field: 'due', direction: 'asc' },
      limit: 1,
    });
  const found = await Promise.all([due(deliveries), due(builds), due(tags), due(services)]);
  return found.some(documents => documents.length > 0);
}
