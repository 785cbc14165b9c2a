import type { QueryShape } from '../ports/documents.ts';

const WAITING = ['deliveries', 'builds', 'tags', 'services', 'promotions', 'gates'] as const;

/**
 * Every query that headway makes. Engines make their indexes from this list, and a query outside of it is refused.
 */
export const queries: readonly QueryShape[] = [
  ...WAITING.map(collection => ({
    collection,
    where: ['due'],
    orderBy: { field: 'due', direction: 'asc' } as const,
  })),
  { collection: 'deliveries', where: [], orderBy: { field: 'receivedAt', direction: 'desc' } },
  { collection: 'deliveries', where: ['status'], orderBy: { field: 'receivedAt', direction: 'desc' } },
  { collection: 'deliveries', where: ['source'], orderBy: { field: 'receivedAt', direction: 'desc' } },
  { collection: 'commits', where: [], orderBy: { field: 'pushedAt', direction: 'desc' } },
  { collection: 'commits', where: ['repo'], orderBy: { field: 'pushedAt', direction: 'desc' } },
  { collection: 'branches', where: ['repo'] },
  { collection: 'gittags', where: ['repo', 'commit'] },
  { collection: 'builds', where: ['commit'] },
  { collection: 'builds', where: ['image', 'digest'] },
  { collection: 'builds', where: ['repo', 'branch', 'status'] },
  { collection: 'builds', where: ['status'] },
  { collection: 'builds', where: ['status'], orderBy: { field: 'priority', direction: 'desc' } },
  { collection: 'builds', where: ['keptAt'], orderBy: { field: 'keptAt', direction: 'asc' } },
  { collection: 'stacks', where: [] },
  { collection: 'builds', where: [], orderBy: { field: 'requestedAt', direction: 'desc' } },
  { collection: 'builds', where: ['image'], orderBy: { field: 'requestedAt', direction: 'desc' } },
  { collection: 'tags', where: ['image'] },
  { collection: 'moves', where: [], orderBy: { field: 'at', direction: 'desc' } },
  { collection: 'moves', where: ['verdict'], orderBy: { field: 'at', direction: 'desc' } },
  { collection: 'moves', where: ['image', 'tag'], orderBy: { field: 'sequence', direction: 'desc' } },
  { collection: 'deploys', where: [], orderBy: { field: 'dispatchedAt', direction: 'desc' } },
  { collection: 'deploys', where: ['target', 'service'], orderBy: { field: 'sequence', direction: 'desc' } },
  { collection: 'deploys', where: ['commit'], orderBy: { field: 'dispatchedAt', direction: 'desc' } },
  { collection: 'services', where: ['target'] },
  { collection: 'services', where: ['service'] },
  { collection: 'services', where: ['image', 'tag'] },
  { collection: 'promotions', where: ['to', 'phase'], orderBy: { field: 'number', direction: 'desc' } },
  { collection: 'promotions', where: ['to'], orderBy: { field: 'number', direction: 'desc' } },
  { collection: 'promotions', where: [], orderBy: { field: 'number', direction: 'desc' } },
  { collection: 'gates', where: [], orderBy: { field: 'at', direction: 'desc' } },
  { collection: 'gates', where: ['image'], orderBy: { field: 'at', direction: 'desc' } },
  { collection: 'configurations', where: [], orderBy: { field: 'version', direction: 'desc' } },
  { collection: 'holds', where: ['state'] },
  { collection: 'holds', where: [], orderBy: { field: 'number', direction: 'desc' } },
  { collection: 'poison', where: [], orderBy: { field: 'at', direction: 'desc' } },
];
