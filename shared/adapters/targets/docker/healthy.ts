import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, ContainerInspectInfo } from 'dockerode';
import { DeployFailure } from './deploy-failure.ts';
import { lastOutput } from './last-output.ts';
import { lastCheck } from './observe.ts';

type Waiting = {
  /** Milliseconds that a container without a health check must run. */
  readonly after: number;
  /** The values that must not be shown. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
};

const PAUSE = 200;

/**
 * Resolves when the container is healthy by its image's HEALTHCHECK, or has run long enough where there is none.
 *
 * @throws {DeployFailure} when it ended, is unhealthy, or the signal's time is up.
 */
export async function untilHealthy(container: Container, { after, secrets, signal }: Waiting): Promise<void> {
  for (let waited = 0; ; waited += PAUSE) {
    const info = await container.inspect();
    const ill = illness(info);
    if (ill !== undefined) {
      throw new DeployFailure(`The new container ${ill}${await lastOutput(container, secrets)}`);
    }
    const health = info.State.Health?.Status ?? 'none';
    if (health === 'healthy' || (health === 'none' && waited >= after)) return;
    if (isLate(signal)) {
      throw new DeployFailure(`The new container was not healthy in time${lastCheck(info)}`);
    }
    await sleep(PAUSE, undefined, { signal }).catch(() => {
      if (!isLate(signal)) throw signal.reason;
    });
  }
}

function illness(info: ContainerInspectInfo): string | undefined {
  const { State } = info;
  if (State.OOMKilled) return 'ran out of memory';
  if (!State.Running || State.Restarting) return `ended with exit code ${State.ExitCode}`;
  return State.Health?.Status === 'unhealthy' ? `fails its health check${lastCheck(info)}` : undefined;
}

function isLate({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'TimeoutError';
}
