import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Artifacts } from '../../../shared/ports/artifacts.ts';
import type { ServedBuild, Worker } from './cloud-build-server.ts';

const run = promisify(execFile);
type Its = {
  /** The bucket of the sources. */
  readonly sources: Artifacts;
  /** What Secret Manager has, by version. */
  readonly secrets: Readonly<Record<string, string>>;
  /** So that buildah has a store of its own. */
  readonly environment: Readonly<Record<string, string>>;
};

const Request = z.object({
  source: z.object({ storageSource: z.object({ object: z.string() }) }),
  steps: z.array(
    z.object({
      id: z.string(),
      name: z.literal('gcr.io/cloud-builders/docker'),
      args: z.tuple([z.literal('build')], z.string()),
      env: z.array(z.string()),
      secretEnv: z.array(z.string()).default([]),
    }),
  ),
  availableSecrets: z
    .object({ secretManager: z.array(z.object({ versionName: z.string(), env: z.string() })) })
    .default({ secretManager: [] }),
});
type Step = z.infer<typeof Request>['steps'][number];

/**
 * Carries a build out as Cloud Build does: the source is unpacked, each step is run on it with the secrets that it
 * names, and the images are pushed. The docker of a step is this machine's, which knows no secrets without BuildKit:
 * steps that have some are run by buildah, which takes the same words.
 */
export function createCloudBuildWorker({ sources, secrets, environment }: Its): Worker {
  return async (build, signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'headway-cloud-build-'));
    const act = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      run(program, args, { cwd: folder, signal, env: { ...process.env, ...environment, ...env } });
    try {
      const { source, steps, availableSecrets } = Request.parse(build);
      const archive = `${folder}.tgz`;
      await writeFile(archive, (await sources.get(source.storageSource.object)) ?? '');
      await act('tar', ['-xzf', archive]).finally(() => rm(archive));
      for (const step of steps) {
        const known = availableSecrets.secretManager.filter(({ env }) => step.secretEnv.includes(env));
        const values = known.map(({ env, versionName }) => [env, secrets[versionName] ?? ''] as const);
        const failure = await runStep(step, act, Object.fromEntries(values));
        if (failure !== undefined) return failure;
      }
      const images = await pushAll(build, act);
      return { status: 'SUCCESS', steps: steps.map(step => ended(step, 'SUCCESS')), results: { images } };
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

type Act = (
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Promise<{ readonly stdout: string }>;

async function runStep(step: Step, act: Act, secrets: Readonly<Record<string, string>>) {
  const [, ...args] = step.args.map(substituted);
  const settings = Object.fromEntries(step.env.map(line => line.split(/=(.*)/s, 2)));
  try {
    if (step.secretEnv.length === 0) {
      await act('docker', ['build', ...args], { ...settings, DOCKER_BUILDKIT: '0' });
    } else {
      await act('buildah', ['bud', '--isolation', 'chroot', ...args], { ...settings, ...secrets });
      const tag = args.find(word => word.startsWith('--tag='))?.slice('--tag='.length) ?? '';
      await act('buildah', ['push', tag, `docker-daemon:${tag}`]);
    }
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'number') throw error;
    return {
      status: 'FAILURE',
      steps: [ended(step, 'FAILURE')],
      failureInfo: { type: 'USER_BUILD_STEP', detail: `exit status ${code}` },
    };
  }
}

function ended({ id, name }: Step, status: string) {
  return { id, name, status };
}

/** https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values: nothing here is one, but `$$`. */
function substituted(word: string): string {
  return word.replaceAll(/\$\$|\$[A-Z_{]/g, found => {
    if (found === '$$') return '$';
    throw new Error(`INVALID_ARGUMENT: "${word}" names a substitution that the build has not`);
  });
}

async function pushAll({ images }: ServedBuild, act: Act) {
  const pushed: { readonly name: string; readonly digest: string | undefined }[] = [];
  for (const name of images) {
    const { stdout } = await act('docker', ['push', name]);
    pushed.push({ name, digest: /digest: (sha256:\S+)/.exec(stdout)?.[1] });
  }
  return pushed;
}
