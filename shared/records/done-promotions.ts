import type { Promotion } from '../domain/documents/promotion.ts';
import { promotions } from './collections.ts';
import type { Records } from './records.ts';

/** What was promoted before so many promotions of a tag is no longer looked for. */
const MOST = 200;

/** Those that moved a tag, the newest first. What was refused, went back or was only tried left it where it was. */
export async function donePromotions(
  { records }: { readonly records: Records },
  tag: string,
): Promise<Promotion[]> {
  const ended = (phase: Promotion['phase']) =>
    records.query(promotions, {
      where: [
        { field: 'to', is: '==', value: tag },
        { field: 'phase', is: '==', value: phase },
      ],
      orderBy: { field: 'number', direction: 'desc' },
      limit: MOST,
    });
  const found = await Promise.all([ended('moved'), ended('incomplete')]);
  return found.flat().toSorted((a, b) => b.number - a.number);
}
