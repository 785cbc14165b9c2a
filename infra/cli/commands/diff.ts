import { parseArgs } from 'node:util';
import { BuildPackages, Status } from '../../../functions/api/answers.ts';
import { comparePackages } from '../../../shared/domain/packages/compare-packages.ts';
import type { ApiClient } from '../api-client.ts';
import { ASKING, apiFor, askingOptions, show } from '../asking.ts';
import { type Command, CommandError, exitCodes, UsageError } from '../command.ts';
import { type PackageComparison, packagesText } from '../text/packages-text.ts';

export const diff: Command = {
  name: 'diff',
  words: 'A B [--json]',
  summary:
    'which packages two builds differ in; A and B are IMAGE:COMMIT, IMAGE:TAG or IMAGE@DIGEST, or two tags of all images',
  options: askingOptions('the changes as JSON'),
  async run(words) {
    const { values, positionals } = parseArgs({ args: [...words], options: ASKING, allowPositionals: true });
    const [first, second, ...more] = positionals;
    if (first === undefined || second === undefined || more.length > 0) {
      throw new UsageError('diff takes two builds, such as web:2026.2-stable and web:2026.3-stable');
    }
    const [a, b] = [versionIn(first), versionIn(second)];
    const { found, failed } = await comparisonsOf(apiFor(values), a, b);
    if (values.json || found.length > 0) {
      show(values, found, looks => found.map(each => packagesText(each, looks)).join('\n\n'));
    }
    for (const reason of failed) process.stderr.write(`${reason}\n`);
    return failed.length === 0 ? exitCodes.done : exitCodes.failed;
  },
};

type Version = { readonly image: string | undefined; readonly version: string };

/** `IMAGE:VERSION`, `IMAGE@DIGEST`, or a version alone. No image's name has a colon. */
function versionIn(word: string): Version {
  const [, image, version] = /^([^@:]+)(?:@|:)(.+)$/.exec(word) ?? [];
  const isDigest = image === 'sha256';
  return image === undefined || version === undefined || isDigest
    ? { image: undefined, version: word }
    : { image, version };
}

/** What could not be compared is a sentence each. */
type Compared = { readonly found: readonly PackageComparison[]; readonly failed: readonly string[] };

/** Where only one of both names an image it is the other's too; where none does, every image is compared. */
async function comparisonsOf(api: ApiClient, a: Version, b: Version): Promise<Compared> {
  const [before, after] = [a.image ?? b.image, b.image ?? a.image];
  if (before !== undefined && after !== undefined) {
    return { found: [await compare(api, { ...a, image: before }, { ...b, image: after })], failed: [] };
  }
  const { images } = await api.get('status', Status);
  if (images.length === 0) {
    throw new CommandError('Cannot compare anything: the configuration names no image', exitCodes.failed);
  }
  const found: PackageComparison[] = [];
  const failed: string[] = [];
  for (const { image } of images) {
    try {
      found.push(await compare(api, { ...a, image }, { ...b, image }));
    } catch (error) {
      // Who does not answer at all answers for no other image either.
      if (!(error instanceof CommandError) || error.exitCode === exitCodes.unreachable) throw error;
      failed.push(`Cannot compare ${image}: ${error.message}`);
    }
  }
  return { found, failed };
}

type Named = Version & { readonly image: string };

async function compare(api: ApiClient, a: Named, b: Named): Promise<PackageComparison> {
  const [before, after] = await Promise.all([packagesOf(api, a), packagesOf(api, b)]);
  return {
    before: { image: before.image, commit: before.commit },
    after: { image: after.image, commit: after.commit },
    changes: comparePackages(before.packages, after.packages),
  };
}

function packagesOf(api: ApiClient, { image, version }: Named): Promise<BuildPackages> {
  return api.get(
    `builds/${encodeURIComponent(image)}/${encodeURIComponent(version)}/packages`,
    BuildPackages,
  );
}
