import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import test from 'ava';
import { createContainerBuilder } from '../../shared/adapters/builders/container/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { repositoryName } from '../../shared/domain/names/image-reference.ts';
import { builderContract, type OpenBuilder } from '../contracts/builder.ts';
import { openDockerContainers } from '../helpers/docker-containers.ts';
import { dockerCommandImage, removeDockerCommandImage, serveEngine } from '../helpers/docker-inside.ts';
import { removeImages } from '../helpers/remove-images.ts';

const SCRIPT = await readFile(new URL('../fixtures/builders/docker-build.sh', import.meta.url), 'utf8');
const KIND = {
  repeatable: false,
  checksFirst: false,
  keepsSecrets: true,
  hasOutput: true,
  stepsApart: false,
  keepsImages: false,
};

test.after.always(removeDockerCommandImage);

builderContract(
  test.serial,
  { ...KIND, name: 'container (whose command pushes)' },
  openWith('push', undefined),
);

const ARCHIVE = '/image.tar';
builderContract(
  test.serial,
  { ...KIND, name: 'container (whose command leaves an archive)' },
  openWith(ARCHIVE, ARCHIVE),
);

/** Builds in a container with the docker command, on the engine that the container is run by. */
function openWith(to: string, result: string | undefined): OpenBuilder {
  return async t => {
    const place = await openDockerContainers(t);
    if (place === undefined) return undefined;
    const { containers, registry, docker } = place;
    const credentials = async () => undefined;
    const store = createRegistryClient({ credentials, insecure: () => true });
    const builder = createContainerBuilder({
      containers,
      image: await dockerCommandImage(place.image),
      command: ['sh', '-c', SCRIPT, 'docker-build', to],
      environment: { DOCKER_HOST: await serveEngine(t), DOCKER_BUILDKIT: '0' },
      source: '/source',
      network: 'host',
      result,
      redact: secrets => text => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text),
      credentials,
      registry: store,
      store,
      temporary: tmpdir(),
    });
    return {
      builder,
      store,
      registry,
      forget: image => removeImages(docker, { reference: [repositoryName(image)] }),
    };
  };
}
