import type Dockerode from 'dockerode';
import type { Limits } from '../../../domain/configuration/images.ts';
import { bytesOf } from '../../../domain/memory.ts';
import type { BuildOrder } from '../../../ports/builder.ts';

/** In microseconds; as `docker run --cpus` has it. */
const PERIOD = 100_000;

/**
 * What the engine's builder is asked for. Without sources its own cache counts, unless the order wants none at all.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Image/operation/ImageBuild
 */
export function buildOptions(
  { dockerfile, args, labels, platform, cacheFrom, limits }: BuildOrder,
  { name, sources }: { readonly name: string; readonly sources: readonly string[] },
): Dockerode.ImageBuildOptions {
  return {
    t: name,
    dockerfile,
    buildargs: { ...args },
    labels: { ...labels },
    ...(platform !== undefined && { platform }),
    ...(sources.length > 0 && { cachefrom: JSON.stringify(sources) }),
    ...(cacheFrom?.length === 0 && { nocache: true }),
    ...limitsOf(limits),
    rm: true,
    forcerm: true,
  };
}

/** For each container of the build. No swap is given beside the memory: it would be no limit. */
function limitsOf({ memory, cpus }: Limits = {}): Dockerode.ImageBuildOptions {
  const bytes = memory === undefined ? undefined : bytesOf(memory);
  return {
    ...(bytes !== undefined && { memory: bytes, memswap: bytes }),
    ...(cpus !== undefined && { cpuperiod: PERIOD, cpuquota: Math.round(cpus * PERIOD) }),
  };
}
