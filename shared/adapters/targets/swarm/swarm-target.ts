import type { Target } from '../../../ports/target.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { describeFailure, refusalOf } from '../../docker/failures.ts';
import { within, withinOfAbort } from '../../docker/within.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { deploy } from './deploy.ts';
import { whyHeld } from './hold.ts';
import { judgeRollout } from './judge.ts';
import { listServices } from './list.ts';
import { findService, holdableOf, rolloutOf } from './service.ts';
import { listTasks } from './tasks.ts';

/**
 * Brings the services of a Swarm to a digest. The services are a person's (a stack's): nothing of their
 * specification is changed but the digest, so that order, parallelism, health and failure action are theirs to
 * say. What ran before goes on when the new one is bad where the service has `order: start-first` and a health check
 * (without one Swarm takes a task for good as soon as it has started), or other replicas.
 *
 * A service with the label `headway.hold`, with an image of another repository or with no replicas is left alone.
 */
export function createSwarmTarget({
  engine,
  credentials,
  patience = 10_000,
}: {
  /** A manager of the Swarm. */
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
  /** Milliseconds that the engine may take to tell what is so, and to answer after a deploy was given up. */
  readonly patience?: number;
}): Target {
  return {
    async list(signal) {
      signal.throwIfAborted();
      try {
        return await withinOfAbort(0, signal, listServices(await engine.client()));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new Error(describeFailure(error, engine.address), { cause: error });
      }
    },

    async observe(name, { workload = name }, image) {
      try {
        const docker = await engine.client();
        const service = await within(patience, findService(docker, workload));
        if (service === undefined) return { state: 'absent' };
        const held = whyHeld(holdableOf(service), image);
        if (held !== undefined) return { state: 'held', reason: held };
        const tasks = await within(patience, listTasks(docker, service.ID));
        return judgeRollout(rolloutOf(service), tasks.get(service.ID) ?? [], image.digest);
      } catch (error) {
        return { state: 'unknown', reason: describeFailure(error, engine.address) };
      }
    },

    async deploy(order, signal) {
      signal.throwIfAborted();
      try {
        const docker = await engine.client();
        return await withinOfAbort(patience, signal, deploy(docker, { order, credentials, signal }));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const reason = describeFailure(error, engine.address);
        const status = refusalOf(error)?.status ?? 500;
        if (status < 500) return { kind: 'failed', reason };
        // A Swarm without a leader, or that was changed under our hands each time: both pass.
        throw new Error(reason, { cause: error });
      }
    },
  };
}
