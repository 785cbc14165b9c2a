import { membersOf } from './builder-contradictions.ts';
import type { BuilderConfiguration } from './builders.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration, ImageConfiguration } from './schema.ts';

/** Images whose tests nobody could run, and builders whose tests are given to one that cannot. */
export function imageTests(configuration: Configuration): Mistake[] {
  return [...helpers(configuration), ...images(configuration)];
}

/** The kinds that run images on a Docker engine, where a test can have folders. */
const ENGINES: readonly BuilderConfiguration['kind'][] = ['docker', 'container'];

function helpers({ builders }: Configuration): Mistake[] {
  return Object.entries(builders).flatMap(([name, builder]) => {
    const other = testedBy(builder);
    const helper = other === undefined ? undefined : builders[other];
    if (helper === undefined || ENGINES.includes(helper.kind)) return [];
    if (helper.kind === 'kubernetes' && testedBy(helper) === undefined) return [];
    const message = `expected docker, or a builder of the kind docker, container or kubernetes that tests by itself; "${other}" cannot run what others built`;
    return [{ path: ['builders', name, 'tests'], message }];
  });
}

function images({ images, builders }: Configuration): Mistake[] {
  return Object.entries(images).flatMap(([name, { builder: word, tests }]) => {
    const problem = [word, ...membersOf(builders, word)]
      .map(builder => problemOf(builders, builder, tests))
      .find(found => found !== undefined);
    return problem === undefined ? [] : [{ path: ['images', name, 'tests'], message: problem }];
  });
}

function problemOf(
  builders: Configuration['builders'],
  name: string,
  { basic, integration }: ImageConfiguration['tests'],
): string | undefined {
  const tests = [...basic, ...integration];
  const builder = builders[name];
  const kind = builders[(builder && testedBy(builder)) ?? name]?.kind;
  const cure = `let builders.${name}.tests name who runs them, such as docker (the engine of this machine)`;
  if (tests.length > 0 && kind === 'cloud-build')
    return `expected none, since builder "${name}" (cloud-build) has nothing to run them with; ${cure}`;
  if (kind === 'kubernetes' && tests.some(({ folders }) => folders.length > 0))
    return `expected no folders, which cannot be put into the jobs that run the tests of builder "${name}"; ${cure}`;
  return undefined;
}

function testedBy(builder: BuilderConfiguration): string | undefined {
  return 'tests' in builder ? builder.tests : undefined;
}
