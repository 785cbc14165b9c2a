import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { Container } from 'dockerode';
import type { ContainerEnd, ContainerOrder } from '../../../ports/containers.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { within } from '../../docker/within.ts';
import { archiveOf } from './archive.ts';
import { follow } from './follow.ts';
import { removeContainer } from './leftovers.ts';
import { runSpec } from './run-spec.ts';
import { starting } from './starting.ts';
import { userOf } from './user-of.ts';

type Running = {
  readonly labels: Readonly<Record<string, string>>;
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

/** What the engine may take for one answer, and to hand on the end of the output. */
const PATIENCE = 60_000;
const LOOK_AGAIN = 1_000;
/** What a timer of Node can wait at most: 24 days. */
const LONGEST = 2 ** 31 - 1;

/** One container, from its making to its removal, whatever happens on the way. */
export async function runContainer(
  docker: Dockerode,
  order: ContainerOrder,
  { labels, output, signal }: Running,
): Promise<ContainerEnd> {
  const name = `headway-run-${randomUUID()}`;
  const container = docker.getContainer(name);
  try {
    // The client would also write everything into the URL, the environment's secrets with it, unless told apart.
    const create = { _query: { name }, _body: runSpec(order, labels) } as Dockerode.ContainerCreateOptions;
    await starting(order, within(PATIENCE, docker.createContainer(create)));
    signal.throwIfAborted();
    await fill(container, order, signal);
    const stream = await container.attach({ stream: true, stdout: true, stderr: true, abortSignal: signal });
    const followed = follow(stream, output);
    followed.catch(() => {});
    await starting(order, within(PATIENCE, container.start()));
    const end = await endOf(container, { followed, timeout: order.timeout, signal });
    await within(PATIENCE, followed);
    if (end.kind === 'exited' && end.code === 0) await hand(container, order, signal);
    return end;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await within(PATIENCE, removeContainer(docker, name));
  }
}

async function fill(
  container: Container,
  { folders, files }: ContainerOrder,
  signal: AbortSignal,
): Promise<void> {
  if (Object.keys({ ...folders, ...files }).length === 0) return;
  const uid = folders === undefined ? 0 : await within(PATIENCE, userOf(container));
  const tar = archiveOf({ ...(folders && { folders }), ...(files && { files }) }, uid);
  try {
    await container.putArchive(tar, { path: '/', abortSignal: signal } as { path: string });
  } finally {
    tar.destroy();
  }
}

async function hand(container: Container, { take = {} }: ContainerOrder, signal: AbortSignal): Promise<void> {
  for (const [path, to] of Object.entries(take)) {
    const options = { path, abortSignal: signal } as { path: string };
    const archive = await unlessMissing(container.getArchive(options));
    if (archive !== undefined) await to(Readable.from(archive));
  }
}

type Ending = {
  readonly followed: Promise<void>;
  readonly timeout: number;
  readonly signal: AbortSignal;
};

async function endOf(container: Container, { followed, timeout, signal }: Ending): Promise<ContainerEnd> {
  const late = AbortSignal.timeout(Math.min(timeout, LONGEST));
  const over = new AbortController();
  const abortSignal = AbortSignal.any([late, signal, over.signal]);
  try {
    const waited = container.wait({ abortSignal });
    await Promise.race([waited, untilGone(container, followed, abortSignal)]);
    const { State } = await within(PATIENCE, container.inspect());
    return State.OOMKilled ? { kind: 'out of memory' } : { kind: 'exited', code: State.ExitCode };
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    await within(PATIENCE, container.kill()).catch(() => {});
    return { kind: 'timed out' };
  } finally {
    over.abort();
  }
}

/**
 * Engines can leave a wait without an answer when a container is removed under it. Its output has an end then; but a
 * program may also close its output and go on.
 */
async function untilGone(container: Container, followed: Promise<void>, signal: AbortSignal): Promise<void> {
  await followed.catch(() => {});
  while ((await within(PATIENCE, container.inspect())).State.Running) {
    await sleep(LOOK_AGAIN, undefined, { signal });
  }
}
