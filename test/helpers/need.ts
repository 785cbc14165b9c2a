/** Where a real server for the tests is, as its standard environment variable says. */
export type Needed =
  | 'DOCKER_HOST'
  | 'LAB_REGISTRY'
  | 'LAB_BASE_IMAGE'
  | 'KUBECONFIG'
  | 'LAB_SWARM'
  | 'FIRESTORE_EMULATOR_HOST'
  | 'PUBSUB_EMULATOR_HOST';

/**
 * The value, or nothing on a machine without that server: the test then says aloud that it is skipped.
 *
 * @throws when the servers were promised (`CI=true` and `HEADWAY_E2E=1`), so that a run cannot pass by skipping.
 */
export function need(name: Needed): string | undefined {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  if (process.env['CI'] === 'true' && process.env['HEADWAY_E2E'] === '1') {
    throw new Error(
      `Cannot run this test: ${name} is not set; start the server it names, or unset HEADWAY_E2E`,
    );
  }
  return undefined;
}
