import { Builder, OWN_BUILDERS, WITHOUT_SECRETS } from './builders.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration, ImageConfiguration } from './schema.ts';

/** Builders that cannot be what they are named, or cannot build the images that name them. */
export function builders(configuration: Configuration): Mistake[] {
  return [...ownWords(configuration), ...pools(configuration), ...images(configuration)];
}

function ownWords({ builders }: Configuration): Mistake[] {
  return OWN_BUILDERS.filter(word => builders[word] !== undefined).map(word => ({
    path: ['builders', word],
    message: `expected another name: ${word} is a builder by itself`,
  }));
}

/** A pool among its own builders would give a build to itself for ever. */
function pools({ builders }: Configuration): Mistake[] {
  return Object.entries(builders).flatMap(([name, builder]) =>
    builder.kind === 'pool' && membersOf(builders, name).has(name)
      ? [
          {
            path: ['builders', name, 'of'],
            message: `expected no cycle: "${name}" is among its own builders`,
          },
        ]
      : [],
  );
}

function images({ images, builders }: Configuration): Mistake[] {
  return Object.entries(images).flatMap(([name, image]) => {
    const { builder, repo } = image;
    const path = ['images', name];
    if (builder === 'none') return [];
    if (repo === undefined && builder !== 'auto')
      return [{ path: [...path, 'builder'], message: 'expected a repo to build from, or builder: none' }];
    return [...secretMistakes(image, builders), ...limitMistakes(image, builders)].map(
      ({ path: rest, message }) => ({ path: [...path, ...rest], message }),
    );
  });
}

type Builders = Configuration['builders'];

function secretMistakes({ builder, secrets, limits }: ImageConfiguration, builders: Builders): Mistake[] {
  if (Object.keys(secrets).length === 0) return [];
  const leaking = builderAmong(WITHOUT_SECRETS, builders, builder);
  if (leaking !== undefined) {
    const message = `expected a builder that keeps secrets out of the image: of kind ${KEEPING.join(', ')}; ${leaking} cannot`;
    return [{ path: ['secrets'], message }];
  }
  const boundless = limits === undefined ? undefined : builderAmong(BUILDKIT, builders, builder);
  if (boundless === undefined) return [];
  const message = `expected none beside secrets: ${boundless} builds those with BuildKit, which has no limits`;
  return [{ path: ['limits'], message }];
}

function limitMistakes(image: ImageConfiguration, builders: Builders): Mistake[] {
  const unlimited = hasIdleLimits(image) ? unlimitedBuilder(builders, image.builder) : undefined;
  return unlimited === undefined ? [] : [{ path: ['limits'], message: unlimited }];
}

/** Nothing of it is run beside its build. */
function hasIdleLimits({ limits, tests, info }: ImageConfiguration): boolean {
  return limits !== undefined && tests.basic.length + tests.integration.length + info.length === 0;
}

/** Why limits mean nothing to any builder behind the word, where they do not. */
function unlimitedBuilder(builders: Builders, word: string): string | undefined {
  const all = [word, ...membersOf(builders, word)].filter(name => builders[name]?.kind !== 'pool');
  const reasons = all.map(name => whyUnlimited(builders, name));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function whyUnlimited(builders: Builders, name: string): string | undefined {
  const builder = builders[name];
  if (builder?.kind === 'cloud-build') {
    return `expected none: ${name} builds on whole machines, and has a machineType for that`;
  }
  if (builder?.kind === 'kubernetes' && builder.tool === undefined) {
    return `expected none: ${name} runs nothing of an image, and has resources for its own pods`;
  }
  return undefined;
}

const KEEPING = Builder.options
  .map(({ shape }) => shape.kind.value)
  .filter(kind => kind !== 'pool' && !WITHOUT_SECRETS.includes(kind));

type Kind = (typeof Builder.options)[number]['shape']['kind']['value'];
const BUILDKIT: readonly Kind[] = ['docker'];

/** Which of the builders behind the word is of one of these kinds, if there is one. What `auto` is, is seen when it builds. */
function builderAmong(kinds: readonly Kind[], builders: Builders, word: string) {
  return [word, ...membersOf(builders, word)].find(name => {
    const own = OWN_BUILDERS.find(its => its === name);
    const kind = builders[name]?.kind ?? own;
    return kinds.some(its => its === kind);
  });
}

/** Every builder that a pool may give a build to, also by way of other pools. */
export function membersOf(builders: Builders, name: string, seen = new Set<string>()): Set<string> {
  const builder = builders[name];
  if (builder?.kind !== 'pool') return seen;
  for (const member of builder.of.filter(member => !seen.has(member))) {
    membersOf(builders, member, seen.add(member));
  }
  return seen;
}
