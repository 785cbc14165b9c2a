import type { Service } from '../../shared/domain/documents/service.ts';
import { services } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

const PAGE = 1_000;

/** Every service document of a target by the service's name, read page by page. */
export async function servicesAt(records: Records, target: string): Promise<ReadonlyMap<string, Service>> {
  const found = new Map<string, Service>();
  let after: string | undefined;
  for (;;) {
    const page = await records.query(services, {
      where: [{ field: 'target', is: '==', value: target }],
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    for (const service of page) found.set(service.service, service);
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return found;
    after = refTo(services, target, last.service).key;
  }
}
