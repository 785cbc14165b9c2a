import type { ImageField } from './references.ts';

/** A key with its value in a mapping: offsets into the text, each end not included. */
export type MapEntry = {
  readonly keyStart: number;
  /** The value without its quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
};
export type MapEntries = ReadonlyMap<string, MapEntry>;

/**
 * An entry of `images` in a kustomization, also in Flux's: `name`, and `newName`, `newTag` or `digest`. A `newTag`
 * becomes a `digest`, unless there is one; without either the digest follows the new name.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
 *
 * @returns nothing for a mapping that is no such entry.
 */
export function kustomizeField(text: string, entries: MapEntries): ImageField | undefined {
  const [name, newName, newTag, digest] = ['name', 'newName', 'newTag', 'digest'].map(key =>
    entries.get(key),
  );
  if (name === undefined || (newName ?? newTag ?? digest) === undefined) return undefined;
  const reads = joined(newName?.value || name.value, newTag?.value, digest?.value);
  if (digest !== undefined) return { start: digest.start, end: digest.end, reads, before: '' };
  if (newTag !== undefined) {
    // From the key on, so that the quotes of key and value, if any, stay.
    const before = text.slice(newTag.keyStart, newTag.start).replace('newTag', 'digest');
    return { start: newTag.keyStart, end: newTag.end, reads, before };
  }
  const last = newName ?? name;
  const quote = text.slice(last.end).match(/^["']/)?.[0] ?? '';
  const at = last.end + quote.length;
  return { start: at, end: at, reads, before: `${lineBreakBefore(text, last.keyStart)}digest: ` };
}

/**
 * An `image` in the values of a Helm chart: `repository`, perhaps `registry`, and `digest` or `tag`. Where the chart
 * knows no digest it goes behind the tag, as in `tag: v1@sha256:…`: every runtime takes `name:tag@digest` by digest.
 *
 * @returns nothing for a mapping that is no such image, or names neither.
 */
export function helmField(entries: MapEntries): ImageField | undefined {
  const [registry, repository, tag, digest] = ['registry', 'repository', 'tag', 'digest'].map(key =>
    entries.get(key),
  );
  if (repository === undefined) return undefined;
  const prefix = registry === undefined || registry.value === '' ? '' : `${registry.value}/`;
  const reads = joined(`${prefix}${repository.value}`, tag?.value, digest?.value);
  if (digest !== undefined) return { start: digest.start, end: digest.end, reads, before: '' };
  const [plain = ''] = tag?.value.split('@') ?? [];
  if (tag === undefined || plain === '') return undefined;
  return { start: tag.start, end: tag.end, reads, before: `${plain}@` };
}

function joined(name: string, tag = '', digest = ''): string {
  return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

/** What stands between two keys of the mapping: a new line with the same indentation, or a comma within braces. */
function lineBreakBefore(text: string, keyStart: number): string {
  const line = text.slice(text.lastIndexOf('\n', keyStart - 1) + 1, keyStart);
  return /^[\s-]*$/.test(line) ? `\n${line.replaceAll('-', ' ')}` : ', ';
}
