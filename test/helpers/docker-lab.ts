import type { ExecutionContext } from 'ava';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { need } from './need.ts';

/** The real engine and registry for a test; nothing, said aloud, on a machine without them. */
export function dockerLab(t: ExecutionContext) {
  const host = need('DOCKER_HOST');
  const registry = need('LAB_REGISTRY');
  if (host === undefined || registry === undefined) {
    t.log(`skipped: needs a Docker engine (DOCKER_HOST) and a registry that it may push to (LAB_REGISTRY)`);
    return undefined;
  }
  return { engine: connectDocker({ host, environment: process.env }), registry };
}
