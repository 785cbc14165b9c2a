import type { Package, PackageManager } from './package.ts';
import { type Parsed, parseApt, parseConda, parseNpm, parsePip, parseR } from './parse-lists.ts';

/** Which command lists the packages of which manager, and how its output is read. The first that fits counts. */
const LISTS: readonly (readonly [RegExp, PackageManager, (output: string) => Parsed])[] = [
  [/\b(?:conda|mamba|micromamba)\s+list\b/, 'conda', parseConda],
  [/\bpip3?(?:\.\d+)?\s+(?:list|freeze)\b/, 'pip', parsePip],
  [/\bdpkg\s+(?:-l|--list)\b|\bapt\s+list\b/, 'apt', parseApt],
  [/\bnpm\s+(?:ls|list)\b/, 'npm', parseNpm],
  [/\binstalled\.packages\b/, 'r', parseR],
];

/**
 * The packages that the outputs of info commands name, each once, by manager and name. What is installed in several
 * versions has all of them, in their order, with commas.
 */
export function readPackages(
  info: readonly { readonly command: string; readonly output?: string | undefined }[],
): Package[] {
  const found = new Map<string, Omit<Package, 'version'> & { readonly versions: Set<string> }>();
  for (const { command, output } of info) {
    const [, manager, parse] = LISTS.find(([pattern]) => pattern.test(command)) ?? [];
    if (manager === undefined || parse === undefined || output === undefined) continue;
    for (const [name, version] of parse(output)) {
      const key = `${manager} ${name}`;
      const known = found.get(key) ?? { manager, name, versions: new Set() };
      known.versions.add(version);
      found.set(key, known);
    }
  }
  return [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { manager, name, versions }]) => ({
      manager,
      name,
      version: [...versions].toSorted().join(', '),
    }));
}
