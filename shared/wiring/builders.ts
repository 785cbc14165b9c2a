import { type LimitedBuilder, limitBuilder } from '../adapters/builders/pool/limited.ts';
import { createPool } from '../adapters/builders/pool/pool.ts';
import { connectDocker } from '../adapters/docker/engine.ts';
import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import { type Builder, BuildFailure } from '../ports/builder.ts';
import { createEngineContainers, createLocalContainers } from './containers.ts';
import { madeOnce } from './made-once.ts';
import type { Workings } from './workings.ts';

export type Builders = (word: string) => Promise<LimitedBuilder>;

/** The builder for a word of the configuration; each is made when it is first needed, and then for all who name it. */
export function createBuilders(its: Workings): Builders {
  const { environment, configuration } = its;
  const engine = connectDocker({ environment });
  const builder = madeOnce(make);

  async function make(word: string): Promise<LimitedBuilder> {
    if (word === 'docker' || word === 'layers') return limitBuilder(await createBuilder({ kind: word }, its));
    const settings = configuration.builders[word];
    if (settings === undefined)
      throw new PermanentError(`Cannot build with "${word}": no builder of the configuration has this name`);
    if (settings.kind === 'pool') {
      const [first, ...others] = await Promise.all(settings.of.map(builder));
      if (first === undefined)
        throw new PermanentError(`Cannot build with "${word}": nobody is in this pool`);
      return createPool(word, [first, ...others], its.clock);
    }
    const made = { ...(await createBuilder(settings, its)), name: word };
    const tests = 'tests' in settings ? settings.tests : undefined;
    return limitBuilder(tests === undefined ? made : testedBy(made, tests), settings.concurrency);
  }

  /** What it builds is run where the other one runs its own. */
  function testedBy(made: Builder, word: string): Builder {
    const local = createLocalContainers(its);
    const containers = async () => {
      const other = word === 'docker' ? undefined : (await builder(word)).containers;
      return (other ?? local)();
    };
    return { ...made, containers };
  }

  return async word => {
    if (word !== 'auto' && word !== 'docker') return builder(word);
    const reach = await engine.reachable();
    if (reach.answers) return builder('docker');
    if (word === 'auto') return builder('layers');
    throw new BuildFailure(reach.reason);
  };
}

async function createBuilder(
  settings: Exclude<BuilderConfiguration, { kind: 'pool' }>,
  its: Workings,
): Promise<Builder> {
  const { credentials, registry: store, environment, folders } = its;
  switch (settings.kind) {
    case 'docker': {
      const { createDockerBuilder } = await import('../adapters/builders/docker/builder.ts');
      const engine = connectDocker({ host: settings.host, environment });
      const containers = createEngineContainers(engine, its);
      return { ...createDockerBuilder({ engine, credentials }), containers: () => containers };
    }
    case 'layers': {
      const { createLayersBuilder } = await import('../adapters/builders/layers/builder.ts');
      return createLayersBuilder({ store, temporary: folders.repos });
    }
    case 'command': {
      const { createCommand } = await import('./command-builder.ts');
      return createCommand(settings, its);
    }
    case 'container': {
      const { createContainer } = await import('./container-builder.ts');
      return createContainer(settings, its);
    }
    case 'kubernetes': {
      const { createKubernetes } = await import('./cloud-builders.ts');
      return createKubernetes(settings, its);
    }
    case 'cloud-build': {
      const { createCloudBuild } = await import('./cloud-builders.ts');
      return createCloudBuild(settings, its);
    }
  }
}
