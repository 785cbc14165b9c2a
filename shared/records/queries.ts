/**
 * Every query that headway makes, by name: which fields it compares and which it is ordered by. Engines make
 * their indexes from this list, and a query outside of it is refused.
 */
export type QueryShape = {
  readonly collection: string;
  readonly where: readonly string[];
  readonly orderBy?: { readonly field: string; readonly direction: 'asc' | 'desc' };
};

const WAITING = ['deliveries', 'builds', 'tags', 'services'] as const;

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
  { collection: 'builds', where: ['commit'] },
  { collection: 'builds', where: ['image', 'digest'] },
  { collection: 'builds', where: ['parent', 'commit'] },
  { collection: 'builds', where: [], orderBy: { field: 'requestedAt', direction: 'desc' } },
  { collection: 'builds', where: ['image'], orderBy: { field: 'requestedAt', direction: 'desc' } },
  { collection: 'moves', where: [], orderBy: { field: 'at', direction: 'desc' } },
  { collection: 'moves', where: ['image', 'tag'], orderBy: { field: 'sequence', direction: 'desc' } },
  { collection: 'deploys', where: [], orderBy: { field: 'dispatchedAt', direction: 'desc' } },
  { collection: 'deploys', where: ['target', 'service'], orderBy: { field: 'sequence', direction: 'desc' } },
  { collection: 'services', where: ['image', 'tag'] },
  { collection: 'poison', where: [], orderBy: { field: 'at', direction: 'desc' } },
];
