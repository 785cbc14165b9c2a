import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { PackageChange } from '../../../shared/domain/packages/compare-packages.ts';
import { alignColumns } from './align-columns.ts';
import { oneLine } from './one-line.ts';
import type { Looks, Tone } from './style.ts';

/** The packages of an image at two commits, compared. */
export type PackageComparison = {
  readonly before: { readonly image: string; readonly commit: string };
  readonly after: { readonly image: string; readonly commit: string };
  readonly changes: readonly PackageChange[];
};

/** What was added (`+`), removed (`-`) and changed (`~`), in columns. */
export function packagesText({ before, after, changes }: PackageComparison, { paint, width }: Looks): string {
  const name = before.image === after.image ? before.image : `${before.image} and ${after.image}`;
  const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  const heading = `${paint('strong', name)}: ${shortSha(before.commit)} to ${shortSha(after.commit)}, ${count}`;
  if (changes.length === 0) return heading;
  const rows = changes.map(change => {
    const [tone, sign] = signOf(change);
    return [
      `  ${paint(tone, sign)}`,
      change.manager,
      oneLine(change.name),
      oneLine(change.before ?? '-'),
      oneLine(change.after ?? '-'),
    ];
  });
  return [heading, ...alignColumns(rows, width)].join('\n');
}

function signOf({ before, after }: PackageChange): readonly [Tone, string] {
  if (before === undefined) return ['good', '+'];
  return after === undefined ? ['bad', '-'] : ['warn', '~'];
}
