import { hostname } from 'node:os';
import type { Workings } from './workings.ts';

/**
 * Whose the containers and jobs are that this process runs: the same after a restart, and no other's, so that whatever
 * a killed process left is known by it. Instances of a Cloud Run service all have one host name and one folder, and
 * live beside each other: there each is its own, and what is left ends by its deadline.
 * https://cloud.google.com/run/docs/container-contract#services-env-vars
 */
export function runOwner({ environment, folders, worker }: Workings): string {
  return environment['K_SERVICE'] === undefined ? `${hostname()} ${folders.repos}` : worker;
}
