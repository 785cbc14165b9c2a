import type { Configuration } from './schema.ts';

/** Something wrong at a place of the configuration: the path of keys, and what was expected there. */
export type Mistake = { readonly path: readonly (string | number)[]; readonly message: string };

/** Every name that leads nowhere, every cycle, every contradiction between parts. */
export function wrongReferences(configuration: Configuration): Mistake[] {
  return [
    ...images(configuration),
    ...tags(configuration),
    ...services(configuration),
    ...Object.entries(configuration.hooks).flatMap(([name, hook]) =>
      hook.repo === undefined ? [] : known(configuration.repos, hook.repo, ['hooks', name, 'repo'], 'repo'),
    ),
  ];
}

function images({ images, repos }: Configuration): Mistake[] {
  return Object.entries(images).flatMap(([name, image]) => {
    const at = ['images', name];
    const mistakes: Mistake[] = [];
    if (image.repo !== undefined) mistakes.push(...known(repos, image.repo, [...at, 'repo'], 'repo'));
    if (image.parent === undefined) return mistakes;
    const parentAt = [...at, 'parent'];
    const parent = images[image.parent];
    if (parent === undefined) return [...mistakes, ...known(images, image.parent, parentAt, 'image')];
    if (parent.repo !== image.repo) {
      mistakes.push({
        path: parentAt,
        message: `expected an image of the same repo; "${image.parent}" is of another`,
      });
    }
    const cycle = cycleFrom(name, images);
    if (cycle !== undefined) {
      mistakes.push({ path: parentAt, message: `expected no cycle, found ${cycle.join(' -> ')}` });
    }
    return mistakes;
  });
}

function tags({ tags, images }: Configuration): Mistake[] {
  return Object.entries(tags).flatMap(([name, tag]) =>
    tag.images.flatMap((image, index) => {
      const path = ['tags', name, 'images', index];
      const found = images[image];
      if (found === undefined) return known(images, image, path, 'image');
      if (tag.movedBy === 'headway' && found.repo === undefined) {
        return [
          { path, message: `expected an image with a repo, or movedBy: registry; "${image}" has no repo` },
        ];
      }
      return [];
    }),
  );
}

function services({ services, targets, images, tags }: Configuration): Mistake[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const at = ['services', name];
    const mistakes = [
      ...known(targets, service.target, [...at, 'target'], 'target'),
      ...known(images, service.image, [...at, 'image'], 'image'),
      ...known(tags, service.tag, [...at, 'tag'], 'tag'),
    ];
    const tag = tags[service.tag];
    if (tag !== undefined && images[service.image] !== undefined && !tag.images.includes(service.image)) {
      const message = `expected a tag of image "${service.image}"; "${service.tag}" is for ${tag.images.join(', ')}`;
      mistakes.push({ path: [...at, 'tag'], message });
    }
    return mistakes;
  });
}

function known(names: object, name: string, path: Mistake['path'], word: string): Mistake[] {
  if (Object.hasOwn(names, name)) return [];
  const there = Object.keys(names);
  const choice = there.length === 0 ? `there is none yet under ${word}s` : `one of ${there.join(', ')}`;
  return [
    {
      path,
      message: `expected the name of ${word === 'image' ? 'an' : 'a'} ${word} (${choice}), found "${name}"`,
    },
  ];
}

/** The cycle that the image itself is part of, if any. */
function cycleFrom(start: string, images: Configuration['images']): string[] | undefined {
  const path = [start];
  for (let next = images[start]?.parent; next !== undefined; next = images[next]?.parent) {
    if (next === start) return [...path, start];
    if (path.includes(next)) return undefined;
    path.push(next);
  }
  return undefined;
}
