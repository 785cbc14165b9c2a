import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import type { Environment } from '../../git/environment.ts';
import { failureOf } from '../command/last-lines.ts';
import { runProgram } from '../command/run-program.ts';
import type { ManifestFile } from './manifest-tree.ts';

export type KubectlOptions = {
  /** Its path; where kubectl looks by itself when absent. */
  readonly kubeconfig?: string | undefined;
  /** The kubeconfig's current one when absent. */
  readonly context?: string | undefined;
  /** Takes secrets out of what kubectl wrote. */
  readonly redact: (text: string) => string;
  /** headway's own, of which kubectl gets what leads it to its cluster. */
  readonly environment: Environment;
  /** A folder whose contents nobody misses. */
  readonly temporary: string;
  /** Milliseconds that kubectl may take for all the files; a minute when absent. */
  readonly patience?: number | undefined;
};

export type Manifests = readonly Pick<ManifestFile, 'path' | 'text'>[];
/** By path: nothing for a file that was applied, or why it was not. @throws what the signal says. */
export type Kubectl = (files: Manifests, signal: AbortSignal) => Promise<ReadonlyMap<string, Failure>>;
type Failure = string | undefined;

/** What kubectl and the programs that a kubeconfig names for credentials need of the surroundings. */
const INHERITED = [
  'PATH HOME USER LOGNAME TMPDIR LANG',
  'KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT',
  'HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR',
  'GOOGLE_APPLICATION_CREDENTIALS CLOUDSDK_CONFIG USE_GKE_GCLOUD_AUTH_PLUGIN',
  'AWS_PROFILE AWS_REGION AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE',
].flatMap(line => line.split(' '));

/**
 * Applies manifests by `kubectl apply -f`: all of them at once and, when that fails, each by itself, so that only
 * what is wrong fails. https://kubernetes.io/docs/reference/kubectl/generated/kubectl_apply/
 */
export function createKubectl(options: KubectlOptions): Kubectl {
  const { redact, temporary, patience = 60_000 } = options;
  const variables = surroundings(options.environment);
  const kubeconfig = options.kubeconfig === undefined ? [] : ['--kubeconfig', resolve(options.kubeconfig)];
  const context = options.context === undefined ? [] : ['--context', options.context];

  async function run(
    files: Manifests,
    { folder, signal, deadline }: { folder: string; signal: AbortSignal; deadline: AbortSignal },
  ): Promise<Failure> {
    const named = files.flatMap(({ path }) => ['-f', fileArgument(path)]);
    const program = ['kubectl', 'apply', ...kubeconfig, ...context, ...named];
    const how = { environment: variables, folder, signal: AbortSignal.any([signal, deadline]) };
    try {
      const result = await runProgram(program, how);
      return result.code === 0 ? undefined : failureOf(program, { result, redact: clean });
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) return '"kubectl" took too long and was ended; look at the cluster';
      const problem = startProblem(error);
      if (problem === undefined) throw error;
      return problem;
    }
  }

  /** When the server refuses a patch, kubectl prints it whole, with the values of a Secret. */
  function clean(output: string): string {
    return redact(output).replaceAll(/^\s*\{.*\}\s*$/gm, '{…}');
  }

  return async (files, signal) => {
    const folder = join(temporary, randomUUID());
    const how = { folder, signal, deadline: AbortSignal.timeout(patience) };
    try {
      for (const file of files) await writeManifest(folder, file);
      const together = await run(files, how);
      const failures = new Map<string, Failure>(files.map(({ path }) => [path, together]));
      if (together === undefined || files.length === 1) return failures;
      for (const file of files) {
        if (!how.deadline.aborted) failures.set(file.path, await run([file], how));
      }
      return failures;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** kubectl runs in a folder of its own, where a relative path of `KUBECONFIG` would mean something else. */
function surroundings(outside: Environment): Record<string, string> {
  const inherited = INHERITED.flatMap(name => {
    const value = outside[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const kubeconfigs = (outside['KUBECONFIG'] ?? '').split(delimiter).filter(path => path !== '');
  return {
    ...Object.fromEntries(inherited),
    ...(kubeconfigs.length > 0 && { KUBECONFIG: kubeconfigs.map(path => resolve(path)).join(delimiter) }),
  };
}

/** Under the file's own path, which kubectl names when something is wrong with it. */
async function writeManifest(folder: string, { path, text }: Manifests[number]): Promise<void> {
  const file = join(folder, path);
  if (!file.startsWith(`${folder}${sep}`)) throw new Error(`Cannot apply "${path}": it is no path of a file`);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, text, { encoding: 'latin1', mode: 0o600 });
}

/** kubectl reads the option as a line of comma-separated values, in which quotes protect. */
function fileArgument(path: string): string {
  const relative = `./${path}`;
  return /[",\r\n]/.test(relative) ? `"${relative.replaceAll('"', '""')}"` : relative;
}

function startProblem(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no program "kubectl" on the PATH; install it';
  return code === 'EACCES' ? 'program "kubectl" may not be run; make it executable' : undefined;
}
