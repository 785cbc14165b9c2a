import type { Pages, WikiEdit } from '../../../shared/ports/wiki.ts';

/** Wikis in maps, by name; each publication that changes something is kept with its message. */
export function createMemoryWikis() {
  const wikis = new Map<string, Map<string, string>>();
  const messages: string[] = [];
  const of = (name: string) => {
    const pages = wikis.get(name) ?? new Map<string, string>();
    wikis.set(name, pages);
    return pages;
  };
  const some = (pages: Pages, paths: readonly string[]): Pages =>
    new Map(paths.flatMap(path => (pages.has(path) ? [[path, pages.get(path) ?? '']] : [])));
  return {
    pages: of,
    messages,
    async read(name: string, paths: readonly string[]) {
      return some(of(name), paths);
    },
    async publish(name: string, edit: WikiEdit) {
      const pages = of(name);
      const wanted = await edit(async paths => some(pages, paths));
      const changed = [...wanted.pages].filter(([path, text]) => pages.get(path) !== text);
      for (const [path, text] of changed) pages.set(path, text);
      if (changed.length > 0) messages.push(wanted.message);
      return '0'.repeat(40);
    },
  };
}
