import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { formatImageReference } from '../../../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../../../ports/builder.ts';
import { refusalOf } from '../../../docker/failures.ts';
import type { CredentialsFor } from '../../../registry/credentials.ts';
import { buildOptions } from '../build-options.ts';
import type { Attempt } from '../failed.ts';
import type { Followed } from '../follow-build.ts';
import { dial } from './dial.ts';
import { followTrace } from './follow-trace.ts';
import { openSession, type Session } from './open-session.ts';

export type BuildKitBuild = {
  readonly docker: Dockerode;
  readonly attempt: Attempt;
  readonly credentials: CredentialsFor;
  /** What only BuildKit can do. */
  readonly reason: string;
};

/**
 * Builds with the BuildKit inside of the engine. It has a cache of its own, which the engine bounds, and reuses the
 * layers of a pushed image where that was built so too (its cache is described in it).
 * https://docs.docker.com/build/cache/backends/inline/
 *
 * @throws {BuildFailure} for limits, which BuildKit has not, and for an engine without BuildKit.
 */
export async function buildWithBuildKit(tar: Readable, build: BuildKitBuild): Promise<Followed> {
  const { docker, attempt, reason } = build;
  const { order, name, signal, transcript } = attempt;
  if (order.limits !== undefined) throw new BuildFailure(refused(build, 'and BuildKit knows no limits'));
  const session = await open(build, order);
  try {
    transcript.write(`BuildKit, for ${reason}\n`);
    const { rm: _, forcerm: __, ...options } = buildOptions(order, { name, sources: sourcesOf(order) });
    const buildargs = { ...order.args, BUILDKIT_INLINE_CACHE: '1' };
    const stream = await dial(docker, {
      path: '/build?',
      file: tar,
      options: { ...options, buildargs, version: '2', session: session.id },
      answer: 'stream',
      signal,
    });
    return await followTrace(stream, transcript);
  } finally {
    session.close();
  }
}

async function open(build: BuildKitBuild, { secrets = {} }: BuildOrder): Promise<Session> {
  const { docker, credentials, attempt } = build;
  try {
    return await openSession(docker, { secrets, credentials, signal: attempt.signal });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined || refusal.status >= 500) throw error;
    throw new BuildFailure(refused(build, `and it has none (${refusal.message})`), { cause: error });
  }
}

function refused({ attempt, reason }: BuildKitBuild, why: string): string {
  const name = JSON.stringify(attempt.name);
  return `Cannot build ${name}: for ${reason} it takes the BuildKit of Docker at ${attempt.address}, ${why}; give this image a builder that has both, such as one of kind command with buildah`;
}

function sourcesOf({ cacheFrom = [] }: BuildOrder): readonly string[] {
  return cacheFrom.map(formatImageReference);
}
