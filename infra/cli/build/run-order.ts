import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiveOrder } from '../../../shared/adapters/builders/order-artifact/receive-order.ts';
import { formatResult } from '../../../shared/adapters/builders/order-artifact/result.ts';
import { createRegistryClient } from '../../../shared/adapters/registry/client.ts';
import { createDockerCredentials } from '../../../shared/adapters/registry/docker-credentials.ts';
import { parseImageReference } from '../../../shared/domain/names/image-reference.ts';
import { PermanentError } from '../../../shared/domain/permanent-error.ts';
import { BuildFailure, type BuildOrder, type Built } from '../../../shared/ports/builder.ts';
import { exitCodes, UsageError } from '../command.ts';
import { type BuilderWord, builderAtHand } from './builder-at-hand.ts';

export type RunOrder = {
  /** Of the order, by digest. */
  readonly reference: string;
  readonly insecure: readonly string[];
  readonly builder: BuilderWord;
  /** A file for what came of it. */
  readonly result: string | undefined;
  /** A folder for the build context: somebody else builds it then. */
  readonly unpackTo: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};

/** Runs one build order that was put into a registry, as headway's builders elsewhere do, and writes down how it ended. */
export async function runOrder(its: RunOrder): Promise<number> {
  const { result } = its;
  try {
    const built = await attempt(its);
    if (result !== undefined && built !== undefined) await writeFile(result, formatResult(built));
    return exitCodes.done;
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    const final = error instanceof BuildFailure || error instanceof PermanentError;
    if (result === undefined || error instanceof UsageError) throw error;
    await writeFile(result, formatResult({ failure, final }));
    process.stderr.write(`${failure}\n`);
    return exitCodes.failed;
  }
}

async function attempt(its: RunOrder): Promise<Built | undefined> {
  const { environment, signal, unpackTo } = its;
  const reference = parseImageReference(its.reference);
  if (reference?.digest === undefined) throw new UsageError('--order takes a reference by digest');
  const credentials = createDockerCredentials({ environment });
  const store = createRegistryClient({ credentials, insecure: host => its.insecure.includes(host) });
  if (unpackTo !== undefined) {
    await mkdir(unpackTo, { recursive: true });
    await receiveOrder(reference, { store, folder: unpackTo });
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'headway-order-'));
  try {
    const order: BuildOrder = await receiveOrder(reference, { store, folder });
    const builder = await builderAtHand(its.builder, { store, credentials, environment });
    const output = (line: string) => void process.stdout.write(`${line}\n`);
    return await builder.build(order, { output, progress() {} }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
