import { DockerfileParser } from 'dockerfile-ast';
import { parseImageReference } from '../../../domain/names/image-reference.ts';

/** The registries that a Dockerfile's FROM lines name, once the build's arguments stand in for its variables. */
export function baseRegistries(dockerfile: string, args: Readonly<Record<string, string>>): Set<string> {
  const parsed = DockerfileParser.parse(dockerfile);
  const defaults = parsed.getInitialARGs().map(arg => {
    const property = arg.getProperty();
    return [property?.getName() ?? '', property?.getValue() ?? ''] as const;
  });
  const values: Readonly<Record<string, string>> = { ...Object.fromEntries(defaults), ...args };
  const images = parsed.getFROMs().map(from => expand(from.getImage() ?? '', values));
  return new Set(images.flatMap(image => parseImageReference(image)?.registry ?? []));
}

function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (_, braced, fallback, plain) => {
    return values[braced ?? plain] || (fallback ?? '');
  });
}
