import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTellingLines } from '../../../domain/image-tests/telling-lines.ts';
import type { Digest } from '../../../domain/names/digest.ts';
import {
  formatImageReference,
  parseImageReference,
  repositoryName,
} from '../../../domain/names/image-reference.ts';
import { type Builder, BuildFailure, type BuildOrder } from '../../../ports/builder.ts';
import {
  type ContainerEnd,
  ContainerFailure,
  type ContainerOrder,
  type Containers,
} from '../../../ports/containers.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { createPrivateFolders } from '../command/private-folders.ts';
import { tellOrder } from '../order-words.ts';
import { type ProgramRegistry, pushByProgram } from '../push-by-program.ts';
import { pushLayout } from './push-layout.ts';
import { unpackImage } from './unpack-image.ts';

export type ContainerBuilderOptions = {
  readonly containers: Containers;
  /** The builder image, by tag or digest; what the tag names now is taken, where the registry tells. */
  readonly image: string;
  readonly command: readonly string[];
  /** Added to its environment, secrets resolved. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the build context is put and the command is run. */
  readonly source: string;
  readonly network?: string | undefined;
  /** Where the command leaves an image for us to push: an OCI layout, or an archive of one or of `docker save`. */
  readonly result?: string | undefined;
  /** Takes these, and the secrets of the environment, out of what the command wrote. */
  readonly redact: (secrets: readonly string[]) => (text: string) => string;
  readonly credentials: CredentialsFor;
  readonly registry: ProgramRegistry;
  readonly store: ImageStore;
  /** For files that are needed only while a build runs; no secrets are among them. */
  readonly temporary: string;
};

const OUT = '/headway/out';
const PLACES = { folder: '/headway/order', secrets: '/run/secrets', digestFile: `${OUT}/digest` };
/** See the command builder. */
const TEMPORARY = 75;
/** Builds are ended by their signal; this is for containers that nobody waits for any more. */
const DAY = 86_400_000;

/**
 * Builds in a container of a builder image: the build context is put in, a command is run there, and what it made is
 * pushed, by itself ({@link pushByProgram}) or by us. The command is told of the order as {@link tellOrder} says; secrets are files in
 * `/run/secrets`, on no disk of ours. An order's check gets the image by digest once it is pushed.
 */
export function createContainerBuilder(options: ContainerBuilderOptions): Builder {
  const { registry, result, store, temporary, command } = options;
  const folders = createPrivateFolders(temporary);
  return {
    name: 'container',
    build: (order, progress, signal) =>
      folders.within(async folder => {
        signal.throwIfAborted();
        progress.progress('build', 0, 2);
        const program = command[0] ?? '';
        const output = (line: string) => progress.output(line);
        const make = async (given: BuildOrder) => {
          await run(options, { order: given, folder, output, signal });
          progress.progress('build', 1, 2);
        };
        let digest: Digest;
        if (result === undefined) {
          digest = await pushByProgram(order, { registry, program, signal }, async given => {
            await make(given);
            return (await readFile(join(folder, 'told', 'digest'), 'utf8').catch(() => '')).trim();
          });
        } else {
          await make(order);
          digest = await pushResult(join(folder, 'result'), { order, program, store, result });
        }
        progress.output(`Pushed ${formatImageReference({ ...order.image, digest })}`);
        progress.progress('build', 2, 2);
        await order.check?.(`${repositoryName(order.image)}@${digest}`);
        signal.throwIfAborted();
        return { digest };
      }),
  };
}

type Run = {
  readonly order: BuildOrder;
  readonly folder: string;
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

/** What the container leaves is in the folders `told` and `result` then. */
async function run(options: ContainerBuilderOptions, { order, folder, output, signal }: Run): Promise<void> {
  const { containers, command, environment, source, network, result, credentials } = options;
  const image = await currentImage(options);
  const places = { ...PLACES, context: source };
  const { variables, files, hidden } = await tellOrder(order, { places, credentials });
  const redact = options.redact(hidden);
  const telling = createTellingLines();
  const take = (line: string) => {
    const shown = redact(line);
    telling.take(shown);
    output(shown);
  };
  const out = join(folder, 'out');
  await mkdir(out);
  output(`Building with ${image}`);
  const container: ContainerOrder = {
    image,
    command,
    environment: { ...environment, ...variables },
    folders: { [source]: order.context, [OUT]: out },
    files,
    workingDirectory: source,
    limits: order.limits,
    network,
    timeout: DAY,
    take: {
      [OUT]: archive => unpackImage(archive, join(folder, 'told')),
      ...(result !== undefined && { [result]: archive => unpackImage(archive, join(folder, 'result')) }),
    },
  };
  const end = await containers.run(container, take, signal).catch(error => {
    throw error instanceof ContainerFailure ? new BuildFailure(error.message, { cause: error }) : error;
  });
  if (end.kind === 'exited' && end.code === 0) return;
  const reason = [
    `Cannot build "${formatImageReference(order.image)}": "${command[0]}" ${wordsFor(end)}`,
    ...telling.lines(),
  ].join('\n');
  throw end.kind === 'exited' && end.code === TEMPORARY ? new Error(reason) : new BuildFailure(reason);
}

type Result = Pick<ContainerBuilderOptions, 'store'> & {
  readonly order: BuildOrder;
  readonly program: string;
  readonly result: string;
};

async function pushResult(folder: string, { order, program, store, result }: Result): Promise<Digest> {
  if (!existsSync(folder)) throw new BuildFailure(`"${program}" ended well, but left nothing at "${result}"`);
  return pushLayout(folder, { store, image: order.image });
}

/** By digest, so that the log tells by what it was built; as it is named where no registry has it. */
async function currentImage({ image, registry }: ContainerBuilderOptions): Promise<string> {
  const reference = parseImageReference(image);
  if (reference === undefined || reference.digest !== undefined) return image;
  const found = await registry.head(reference).catch(() => undefined);
  return found === undefined ? image : `${repositoryName(reference)}@${found.digest}`;
}

/** 128 and SIGKILL. A want of memory is a kill too, where the engine was not told of the reason. */
const KILLED = 137;

function wordsFor(end: ContainerEnd): string {
  if (end.kind === 'exited') {
    const hint = end.code === KILLED ? " (killed; if for want of memory, raise the image's limits)" : '';
    return `exited with ${end.code}${hint}`;
  }
  return end.kind === 'timed out'
    ? 'did not end within a day'
    : "ran out of memory; raise the image's limits";
}
