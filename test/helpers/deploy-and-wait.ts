import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { createDockerTarget } from '../../shared/adapters/targets/docker/docker-target.ts';
import type { Order } from '../../shared/ports/target.ts';

/** A process of its own that deploys the order in its first argument, to be killed on the way. */
const order: Order = JSON.parse(process.argv[2] ?? '');
const engine = connectDocker({ environment: process.env });
const target = createDockerTarget({ name: 'here', engine, credentials: async () => undefined });
console.log(JSON.stringify(await target.deploy(order, AbortSignal.timeout(120_000))));
