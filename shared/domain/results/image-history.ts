import { z } from 'zod';
import type { Layer, Layers } from './layer-rows.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md; Docker's own differs in nothing that is read here. */
export const ConfigurationHistory = z.object({
  rootfs: z.object({ diff_ids: z.array(z.string()).nullish() }),
  history: z
    .array(
      z.object({
        created: z.string().nullish(),
        created_by: z.string().nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .nullish(),
});
export type ConfigurationHistory = z.infer<typeof ConfigurationHistory>;

/** An image's configuration, with the full name by which it is shown. */
export type NamedConfiguration = {
  readonly name: string;
  readonly configuration: ConfigurationHistory;
};

/**
 * The history of an image with the sizes of its layers in the registry, each image of its line (itself and those it
 * stands on) at the entry that it ends with. An ancestor that it does not stand on is left out.
 *
 * @param sizes of its layers in bytes, in their order.
 */
export function imageHistory(
  own: NamedConfiguration,
  {
    sizes,
    ancestors,
  }: { readonly sizes: readonly number[]; readonly ancestors: readonly NamedConfiguration[] },
): Layers {
  const history = historyOf(own.configuration, sizes.length);
  const line = [own, ...ancestors.filter(ancestor => standsOn(own.configuration, ancestor.configuration))];
  const ends = line.map(({ name, configuration }) => ({ name, end: endOf(configuration, history) }));
  let layer = 0;
  const entries = history.map(({ created, created_by, empty_layer }, at): Layer => {
    const size = empty_layer === true ? 0 : (sizes[layer++] ?? 0);
    const createdAt = Date.parse(created ?? '');
    return {
      ...(Number.isFinite(createdAt) && { createdAt }),
      command: created_by ?? '',
      size,
      tags: ends.flatMap(({ name, end }) => (end === at ? [name] : [])),
    };
  });
  return { entries, sizes: 'compressed' };
}

type Entry = NonNullable<ConfigurationHistory['history']>[number];

/** Some builders write no history, or one that does not fit: then there is one entry a layer. */
function historyOf({ history }: ConfigurationHistory, layers: number): readonly Entry[] {
  const entries = history ?? [];
  return entries.filter(isLayer).length === layers ? entries : Array.from({ length: layers }, () => ({}));
}

/** Where in the history of what stands on it an image ends: with its own last entry, or else with its last layer. */
function endOf({ history, rootfs }: ConfigurationHistory, whole: readonly Entry[]): number {
  const layers = rootfs.diff_ids?.length ?? 0;
  const entries = history ?? [];
  const begins = entries.every(({ created_by }, at) => created_by === whole[at]?.created_by);
  if (begins && entries.length > 0) return entries.length - 1;
  const filled = whole.flatMap((entry, at) => (isLayer(entry) ? [at] : []));
  return filled[layers - 1] ?? -1;
}

function isLayer({ empty_layer }: Entry): boolean {
  return empty_layer !== true;
}

function standsOn(own: ConfigurationHistory, ancestor: ConfigurationHistory): boolean {
  const [mine, theirs] = [own.rootfs.diff_ids ?? [], ancestor.rootfs.diff_ids ?? []];
  return theirs.length > 0 && theirs.every((id, at) => id === mine[at]);
}
