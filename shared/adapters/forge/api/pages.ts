import type { z } from 'zod';
import { ForgeError } from '../../../ports/forge-error.ts';
import type { Ask, Connection } from './connection.ts';

/**
 * Every page, or the first so many, by the `Link` of the one before. Of that only the query is taken: a server behind a proxy may not
 * know its own address, and nobody else is to be told who we are. https://www.rfc-editor.org/rfc/rfc8288
 */
export async function pages<T>(
  connection: Connection,
  {
    ask,
    schema,
    most = Number.POSITIVE_INFINITY,
  }: { readonly ask: Ask; readonly schema: z.ZodType<T>; readonly most?: number },
): Promise<T[]> {
  const read: T[] = [];
  const asked = new Set<string>();
  let next: Ask['query'] = ask.query;
  do {
    const page = await connection.json({ ...ask, ...(next !== undefined && { query: next }) }, schema);
    if (page.found === undefined) return read;
    read.push(page.found);
    const link = nextLink('headers' in page ? page.headers.get('link') : null);
    if (link !== undefined && asked.has(link)) {
      throw new ForgeError(`Cannot ${ask.doing}: the forge's pages go round in a circle`);
    }
    if (link !== undefined) asked.add(link);
    next = link === undefined ? undefined : [...new URLSearchParams(link)];
  } while (next !== undefined && read.length < most);
  return read;
}

/** The query of the link whose relation is `next`. */
function nextLink(header: string | null): string | undefined {
  const link = (header ?? '').split(/,\s*(?=<)/).find(link => /;\s*rel="?next"?/i.test(link));
  const target = /^\s*<([^>]*)>/.exec(link ?? '')?.[1];
  return target === undefined ? undefined : URL.parse(target, 'http://anywhere')?.search;
}
