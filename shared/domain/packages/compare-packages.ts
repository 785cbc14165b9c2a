import { z } from 'zod';
import { type Package, PackageManager } from './package.ts';

/** `before` alone: it was removed; `after` alone: it was added. */
export const PackageChange = z.object({
  manager: PackageManager,
  name: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type PackageChange = z.infer<typeof PackageChange>;

/** What differs between two lists, in the order of managers and names. */
export function comparePackages(before: readonly Package[], after: readonly Package[]): PackageChange[] {
  const [old, fresh] = [byName(before), byName(after)];
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return keys.flatMap(key => {
    const [was, is] = [old.get(key), fresh.get(key)];
    const known = was ?? is;
    if (known === undefined || was?.version === is?.version) return [];
    const { manager, name } = known;
    return [
      {
        manager,
        name,
        ...(was !== undefined && { before: was.version }),
        ...(is !== undefined && { after: is.version }),
      },
    ];
  });
}

function byName(packages: readonly Package[]): Map<string, Package> {
  return new Map(packages.map(each => [`${each.manager} ${each.name}`, each]));
}
