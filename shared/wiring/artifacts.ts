import { isAbsolute } from 'node:path';
import { createCloudArtifacts } from '../adapters/artifacts/cloud-storage.ts';
import { createArtifactFolder } from '../adapters/artifacts/folder.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { Workings } from './workings.ts';

/**
 * Where builds and gates leave their files: the folder of the one machine, else what `HEADWAY_BUCKET` names, a bucket
 * of Cloud Storage or the absolute path of a folder that all functions share. With neither, each call says so.
 */
export function createArtifacts({
  folders,
  environment,
}: Pick<Workings, 'folders' | 'environment'>): Artifacts {
  const place = folders.artifacts ?? environment['HEADWAY_BUCKET'] ?? '';
  if (place === '') return { put: nowhere, get: nowhere, list: nowhere, remove: nowhere };
  return isAbsolute(place) ? createArtifactFolder({ root: place }) : createCloudArtifacts({ bucket: place });
}

async function nowhere(): Promise<never> {
  throw new PermanentError(
    'Cannot keep files: no place for them is known; set HEADWAY_BUCKET to a bucket, or to the absolute path of a folder',
  );
}
