import test from 'ava';
import { createCloudArtifacts } from '../../shared/adapters/artifacts/cloud-storage.ts';
import { createCloudBuildBuilder } from '../../shared/adapters/builders/cloud-build/cloud-build-builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { repositoryName } from '../../shared/domain/names/image-reference.ts';
import { builderContract } from '../contracts/builder.ts';
import { buildahProgram } from '../helpers/buildah.ts';
import { STORAGE_TOKEN, serveCloudStorage } from '../helpers/cloud-storage-server.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { removeImages } from '../helpers/remove-images.ts';
import { serveCloudBuild } from '../helpers/target-servers/cloud-build-server.ts';
import { createCloudBuildWorker } from '../helpers/target-servers/cloud-build-worker.ts';

const KIND = {
  name: 'cloud-build',
  repeatable: false,
  checksFirst: false,
  keepsSecrets: true,
  hasOutput: false,
  stepsApart: false,
  keepsImages: false,
};

// The services are Google's as far as headway sees them; what is built, and pushed, is real.
builderContract(test.serial, KIND, async t => {
  const lab = dockerLab(t);
  const buildah = lab && (await buildahProgram(t));
  if (lab === undefined || buildah === undefined) return undefined;
  const token = async () => STORAGE_TOKEN;
  const storage = await serveCloudStorage(t);
  const sources = createCloudArtifacts({ bucket: 'acme', token, url: storage.origin });
  const secretVersion = (name: string) => `projects/acme/secrets/${name}/versions/latest`;
  const secrets = { [secretVersion('TOKEN')]: 'open-sesame' };
  const { environment } = buildah;
  const cloud = await serveCloudBuild(t, createCloudBuildWorker({ sources, secrets, environment }));
  const store = createRegistryClient({ credentials: async () => undefined });
  const builder = createCloudBuildBuilder({
    project: 'acme',
    region: 'europe-west1',
    endpoint: cloud.origin,
    token,
    bucket: 'acme',
    sources,
    store,
    secretVersion: (_, name) => secretVersion(name),
    timeout: 120_000,
    temporary: await temporaryFolder(t),
    lookAgain: { first: 20, most: 200 },
  });
  return {
    builder,
    store,
    registry: lab.registry,
    forget: async image => removeImages(await lab.engine.client(), { reference: [repositoryName(image)] }),
  };
});
