import { formatElapsed, formatSize } from './human-texts.ts';

/** One entry of an image's history. https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#properties */
export type Layer = {
  /** In milliseconds; absent where the image does not say. */
  readonly createdAt?: number | undefined;
  readonly command: string;
  /** In bytes; 0 where the step made no layer. */
  readonly size: number;
  /** Full names of images that end with this entry. */
  readonly tags: readonly string[];
};

/** An image's history, oldest entry first. */
export type Layers = {
  readonly entries: readonly Layer[];
  /** Whether sizes are those in the registry, or of the files in them. */
  readonly sizes: 'compressed' | 'uncompressed';
};

export type LayerRow = {
  /** Counted from the oldest entry with a tag. */
  readonly index: number;
  readonly createdAt: string;
  readonly command: string;
  readonly size: string;
  /** With all that is older. */
  readonly cumulative: string;
  /** Since the entry before. */
  readonly elapsed: string;
  readonly tags: string;
};

/**
 * The rows of the layer table: one for each entry that has a tag, so one for each tagged ancestor. Elapsed is blank in
 * row 0 and `0s` in row 1, which is when the first step of its own began.
 */
export function layerRows({ entries }: Layers): LayerRow[] {
  const oldest = entries.findIndex(({ tags }) => tags.length > 0);
  let sum = 0;
  return entries.flatMap(({ createdAt, command, size, tags }, at) => {
    sum += size;
    const index = at - oldest;
    if (oldest < 0 || index < 0 || tags.length === 0) return [];
    return [
      {
        index,
        createdAt: createdAt === undefined ? '' : secondsOf(createdAt),
        command: `\`${plainCommand(command)}\``,
        size: formatSize(size),
        cumulative: formatSize(sum),
        elapsed: elapsed(index, createdAt, entries[at - 1]?.createdAt),
        tags: tags.join(', '),
      },
    ];
  });
}

function elapsed(index: number, createdAt: number | undefined, before: number | undefined): string {
  if (index === 1) return '0s';
  return index === 0 || createdAt === undefined || before === undefined
    ? ''
    : formatElapsed(createdAt - before);
}

/** `2026-03-01 12:00:00`, UTC. */
function secondsOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** Without what would break the table, the shell before it and the mark of a step that did nothing; on one line. */
function plainCommand(command: string): string {
  return command
    .replaceAll('|', '')
    .replaceAll(/\/bin\/(?:bash -o pipefail|sh) -c/g, '')
    .replaceAll('#(nop)', '')
    .replaceAll('`', "'")
    .replaceAll(/\s+/g, ' ')
    .trim();
}
