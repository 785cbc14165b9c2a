import { parseImageReference, repositoryName } from '../names/image-reference.ts';
import { buildOrder } from '../tree/image-tree.ts';
import { builders } from './builder-contradictions.ts';
import { forges } from './forge-contradictions.ts';
import { gateRules } from './gate-contradictions.ts';
import type { Mistake } from './mistake.ts';
import { parents } from './parent-contradictions.ts';
import { routes } from './route-contradictions.ts';
import type { Configuration } from './schema.ts';
import { tagRules } from './tag-contradictions.ts';
import { isMovedByItself } from './tags.ts';
import { halves } from './target-contradictions.ts';
import { imageTests } from './test-contradictions.ts';
import { workloads } from './workload-contradictions.ts';

/** Everything that each part allows and the whole does not. Names that lead nowhere are left to others. */
export function contradictions(configuration: Configuration): Mistake[] {
  return [
    ...forges(configuration),
    ...parents(configuration),
    ...builders(configuration),
    ...imageTests(configuration),
    ...sharedRepositories(configuration),
    ...tags(configuration),
    ...tagRules(configuration),
    ...gateRules(configuration),
    ...services(configuration),
    ...halves(configuration),
    ...workloads(configuration),
    ...waves(configuration),
    ...sharedPorts(configuration),
    ...routes(configuration),
    ...registries(configuration),
  ];
}

/** A notice names a repository, and has to mean one image. */
function sharedRepositories({ images }: Configuration): Mistake[] {
  const owners = new Map<string, string>();
  return Object.entries(images).flatMap(([name, { repository }]) => {
    const reference = parseImageReference(repository);
    const canonical = reference === undefined ? repository : repositoryName(reference);
    const owner = owners.get(canonical);
    if (owner === undefined) owners.set(canonical, name);
    const message = `expected a repository of its own; image "${owner}" has this one`;
    return owner === undefined ? [] : [{ path: ['images', name, 'repository'], message }];
  });
}

function tags({ tags, images }: Configuration): Mistake[] {
  return Object.entries(tags).flatMap(([name, tag]) => {
    const seen = new Set<string>();
    return tag.images.flatMap((image, index) => {
      const path = ['tags', name, 'images', index];
      if (seen.has(image)) return [{ path, message: `expected "${image}" only once` }];
      seen.add(image);
      const found = images[image];
      if (found === undefined || found.repo !== undefined || !isMovedByItself(tag)) return [];
      const message = `expected an image with a repo, or movedBy: registry; "${image}" has no repo`;
      return [{ path, message }];
    });
  });
}

function services({ services, images, tags }: Configuration): Mistake[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const tag = tags[service.tag];
    if (tag === undefined || images[service.image] === undefined) return [];
    if (tag.images.includes(service.image)) return [];
    const message = `expected a tag of image "${service.image}"; "${service.tag}" is for ${tag.images.join(', ')}`;
    return [{ path: ['services', name, 'tag'], message }];
  });
}

/** Services that wait for each other would wait for ever. */
function waves({ services }: Configuration): Mistake[] {
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (services[from]?.after ?? []).some(next => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  const { order } = buildOrder(
    Object.entries(services).map(([name, { after }]) => ({ name, parents: after })),
  );
  const settled = new Set(order.map(({ name }) => name));
  const stuck = Object.keys(services).filter(name => !settled.has(name));
  return stuck.flatMap(name =>
    reaches(name, name, new Set())
      ? [{ path: ['services', name, 'after'], message: `expected no cycle: "${name}" waits for itself` }]
      : [],
  );
}

/** A host port of a target is for one service only. Each service's new container has its old one's, in turn. */
function sharedPorts({ services }: Configuration): Mistake[] {
  const owners = new Map<string, string>();
  return Object.entries(services).flatMap(([name, { target, ports }]) =>
    ports.flatMap((text, index) => {
      const [, host, protocol = 'tcp'] = /^(\d+):\d+(?:\/(\w+))?$/.exec(text) ?? [];
      if (host === undefined) return [];
      const port = `${target} ${Number(host)}/${protocol}`;
      const owner = owners.get(port);
      if (owner === undefined) owners.set(port, name);
      const message = `expected a free host port; service "${owner}" has ${host} at target "${target}"`;
      return owner === undefined ? [] : [{ path: ['services', name, 'ports', index], message }];
    }),
  );
}

function registries({ registries }: Configuration): Mistake[] {
  return Object.entries(registries).flatMap(([host, { username, password }]) => {
    if ((username === undefined) === (password === undefined)) return [];
    const missing = username === undefined ? 'username' : 'password';
    return [
      {
        path: ['registries', host],
        message: `expected username and password together; "${missing}" is missing`,
      },
    ];
  });
}
