import { DockerfileParser } from 'dockerfile-ast';
import { type ImageReference, parseImageReference } from '../../../domain/names/image-reference.ts';

/** The registries that a Dockerfile's FROM lines name, once the build's arguments stand in for its variables. */
export function baseRegistries(dockerfile: string, args: Readonly<Record<string, string>>): Set<string> {
  return new Set(bases(dockerfile, args).flatMap(({ image }) => parseImageReference(image)?.registry ?? []));
}

/** The images that its stages for the platform of the build begin with, each once; those for another say so themselves. */
export function targetBases(
  dockerfile: string,
  args: Readonly<Record<string, string>>,
): readonly ImageReference[] {
  const all = bases(dockerfile, args);
  const stages = new Set(all.map(({ stage }) => stage));
  const names = all.flatMap(({ image, isOwn }) => (isOwn || stages.has(image) ? [] : image));
  return [...new Set(names)].flatMap(name => (name === 'scratch' ? [] : (parseImageReference(name) ?? [])));
}

function bases(dockerfile: string, args: Readonly<Record<string, string>>) {
  const parsed = DockerfileParser.parse(dockerfile);
  const defaults = parsed.getInitialARGs().map(arg => {
    const property = arg.getProperty();
    return [property?.getName() ?? '', property?.getValue() ?? ''] as const;
  });
  const values: Readonly<Record<string, string>> = { ...Object.fromEntries(defaults), ...args };
  return parsed.getFROMs().map(from => ({
    image: expand(from.getImage() ?? '', values),
    stage: from.getBuildStage(),
    isOwn: from.getPlatformFlag() !== null,
  }));
}

function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (_, braced, fallback, plain) => {
    return values[braced ?? plain] || (fallback ?? '');
  });
}
