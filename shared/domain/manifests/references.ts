import { type ImageReference, parseImageReference, repositoryName } from '../names/image-reference.ts';

/**
 * Where the value of an `image` key stands in a manifest, without its quotes: offsets into the text, the end not
 * included. Whoever can read the format finds them; what they mean is decided here.
 */
export type ImageField = {
  readonly start: number;
  readonly end: number;
  /** The whole reference, where it is written in parts, of which this is one. */
  readonly reads?: string;
  /** What stands here in front of a new digest; the name and `@` when absent. */
  readonly before?: string;
};

/** An image reference in a manifest. */
export type Reference = ImageField & {
  /** Counted from 1. */
  readonly line: number;
  /** As it is written there, joined where it is written in parts. */
  readonly text: string;
  /** `registry/repository`, however short it is written. */
  readonly repository: string;
  /** Absent where another tool fills in a part, as in `ghcr.io/acme/web:${TAG}`. */
  readonly image?: ImageReference;
};

/** The image references among the fields, in the order of the text. What names no image is left out. */
export function findReferences(text: string, fields: readonly ImageField[]): Reference[] {
  return [...fields]
    .sort((a, b) => a.start - b.start)
    .flatMap(field => {
      const written = field.reads ?? text.slice(field.start, field.end);
      const image = parseImageReference(written);
      const named = image ?? namedDespitePlaceholder(written);
      if (named === undefined) return [];
      const reference = { ...field, line: lineAt(text, field.start), text: written };
      return [{ ...reference, repository: repositoryName(named), ...(image !== undefined && { image }) }];
    });
}

/** The name in front of a placeholder of a template: `$(…)`, `${…}`, `{{…}}`, `<…>` or `%…%`. */
function namedDespitePlaceholder(written: string): ImageReference | undefined {
  const placeholder = written.search(/[${<%]/);
  if (placeholder < 1) return undefined;
  return parseImageReference(written.slice(0, placeholder).replace(/[:@]$/, ''));
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
