import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { buildFolder } from '../../shared/domain/results/result-names.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import { builds } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import type { BuildRecord } from './build-record.ts';
import type { End } from './finish-build.ts';
import { type KeepResults, keepResults } from './keep-results.ts';
import { placeOf, publishedTag } from './published-name.ts';
import { readLayers, type ShownImage } from './read-layers.ts';

export type KeepFiles = KeepResults & {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly store: Pick<ImageStore, 'manifest' | 'blob'>;
};

/**
 * Keeps the logs, lists and pages of a build's end, and returns the folder that its pages are in: of an image that was
 * taken over, that of the build that made it. What cannot be kept is noted in the build's steps.
 */
export async function keepFiles(
  its: KeepFiles,
  build: Build,
  { record, end }: { readonly record: BuildRecord; readonly end: End },
): Promise<string | undefined> {
  const shown = shownImage(its, build, end.built?.digest);
  if (shown === undefined) return undefined;
  const ancestors = await ancestorsOf(its, build);
  const [parent] = ancestors;
  const layers = end.built && (await layersOf(its, { build, shown, ancestors, record }));
  const kept = await keepResults(its, {
    build,
    name: shown,
    parent,
    changed: isChanged(build),
    message: end.failure ?? '',
    layers,
    ...record.results(),
  });
  const [problem] = kept.problems;
  if (problem !== undefined) record.note(problem);
  const made = await makerOf(its, build);
  if (made?.results !== undefined) return made.results;
  return kept.paths.length === 0 ? undefined : buildFolder(build);
}

/** The build whose image it took over. */
async function makerOf({ records }: KeepFiles, { image, carries }: Build): Promise<Build | undefined> {
  return carries === undefined ? undefined : records.get(refTo(builds, image, carries));
}

function isChanged({ carries, reasons }: Build): boolean {
  if (carries !== undefined) return false;
  return reasons?.some(reason => !reason.startsWith('it stands on')) ?? true;
}

type Showing = {
  readonly build: Build;
  readonly shown: ShownImage;
  readonly ancestors: readonly ShownImage[];
  readonly record: BuildRecord;
};

/** Nothing of an image that was taken over: whoever made it has them. */
async function layersOf({ store }: KeepFiles, { build, shown, ancestors, record }: Showing) {
  if (build.carries !== undefined) return undefined;
  try {
    return await record.step('manifest', () => readLayers(store, shown, ancestors));
  } catch (error) {
    record.note(`Its layers could not be read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function shownImage({ configuration }: KeepFiles, build: Build, digest = '') {
  const settings = buildSettings(configuration, build);
  if (settings === undefined) return undefined;
  return { ...placeOf(settings), tag: build.branchTag ?? publishedTag(build), digest };
}

/** The images of its commit that it stands on, the nearest first. */
async function ancestorsOf(its: KeepFiles, build: Build): Promise<ShownImage[]> {
  const found: ShownImage[] = [];
  for (let { parent } = build; parent !== undefined; ) {
    const above: Build | undefined = await its.records.get(refTo(builds, parent, build.commit));
    const shown = above && shownImage(its, above, above.digest);
    if (above?.digest === undefined || shown === undefined) break;
    found.push(shown);
    parent = above.parent;
  }
  return found;
}
