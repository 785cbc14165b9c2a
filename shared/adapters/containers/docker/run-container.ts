import { randomUUID } from 'node:crypto';
import type Dockerode from 'dockerode';
import type { Container } from 'dockerode';
import type { ContainerEnd, ContainerOrder } from '../../../ports/containers.ts';
import { within } from '../../docker/within.ts';
import { archiveOf } from './archive.ts';
import { follow } from './follow.ts';
import { removeContainer } from './leftovers.ts';
import { runSpec } from './run-spec.ts';
import { starting } from './starting.ts';

type Running = {
  readonly labels: Readonly<Record<string, string>>;
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

/** What the engine may take for one answer, and to hand on the end of the output. */
const PATIENCE = 60_000;
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
    const end = await endOf(container, order.timeout, signal);
    await within(PATIENCE, followed);
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
  const tar = archiveOf({ ...(folders && { folders }), ...(files && { files }) });
  try {
    await container.putArchive(tar, { path: '/', abortSignal: signal } as { path: string });
  } finally {
    tar.destroy();
  }
}

async function endOf(container: Container, timeout: number, signal: AbortSignal): Promise<ContainerEnd> {
  const late = AbortSignal.timeout(Math.min(timeout, LONGEST));
  try {
    const abortSignal = AbortSignal.any([late, signal]);
    const { StatusCode } = await container.wait({ abortSignal });
    const { State } = await within(PATIENCE, container.inspect());
    return State.OOMKilled ? { kind: 'out of memory' } : { kind: 'exited', code: StatusCode };
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    await within(PATIENCE, container.kill()).catch(() => {});
    return { kind: 'timed out' };
  }
}
