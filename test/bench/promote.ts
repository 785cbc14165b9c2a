import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../helpers/run-program.ts';
import { push, smallImage } from '../helpers/small-image.ts';
import { pushBenchImage } from './bench-image.ts';
import type { Measure, Row, Surroundings, Table } from './measure.ts';
import { type StackHost, startStackHost } from './stack-host.ts';
import { median, timed } from './statistics.ts';
import { client, docker, type Move, type Mover, skopeo } from './tag-movers.ts';

const IMAGES = 100;
const ROUNDS = 5;
const LARGE = 5;
const LARGE_MEGABYTES = 200;

/** A whole stack moves, all images or none: headway by its API, the others image by image, as scripts do. */
export const promote: Measure = {
  name: 'promote',
  about: `promoting a stack of ${IMAGES} images, and one of ${LARGE} images of ${LARGE_MEGABYTES} MB beside others`,
  async run(its) {
    const lab = process.env['LAB_REGISTRY'];
    const hasSkopeo = (await runProgram('skopeo', ['--version'])) !== undefined;
    const hasDocker =
      Boolean(process.env['DOCKER_HOST']) && (await runProgram('docker', ['--version'])) !== undefined;
    const others = [...(hasSkopeo ? [skopeo] : []), ...(hasDocker ? [docker] : [])];
    const many = [await promoteMany(its, 'embedded'), ...(lab ? [await promoteMany(its, lab)] : [])];
    const large = lab ? [await promoteLarge(its, { registry: lab, others })] : [];
    return {
      tables: [{ title: `${IMAGES} images, median of ${ROUNDS} promotions`, rows: many }, ...large],
      notes: [
        'headway: from the request to its API until the promotion is over, every digest checked before and after.',
        'The others are commands, one after the other; docker has no layer when it begins, as on a fresh runner.',
      ],
      leftOut: [
        ...(lab ? [] : ['the Distribution registry and the large images, since LAB_REGISTRY is not set']),
        ...(hasSkopeo ? [] : ['skopeo copy, since "skopeo" is not installed (apt install skopeo)']),
        ...(hasDocker
          ? []
          : ['docker pull, tag, push, since DOCKER_HOST is not set or "docker" is not installed']),
      ],
    };
  },
};

async function promoteMany({ folder, progress }: Surroundings, where: string): Promise<Row> {
  const isOwn = where === 'embedded';
  const repositories = Array.from({ length: IMAGES }, (_, i) => `headway/bench-stack/image-${i}`);
  const host = await hostIn(join(folder, isOwn ? 'embedded' : 'distribution'), {
    repositories,
    registry: isOwn ? undefined : where,
  });
  try {
    progress(`pushing ${IMAGES} images`);
    for (const repository of repositories) {
      for (const tag of ['a', 'b']) {
        await push(client, { registry: host.registry, repository, tag }, smallImage(`${repository} ${tag}`));
      }
    }
    await host.promote('b', 'stable');
    const runs: Awaited<ReturnType<StackHost['promote']>>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      progress(`promoting ${IMAGES} images, ${round + 1} of ${ROUNDS}`);
      runs.push(await host.promote(round % 2 === 0 ? 'a' : 'b', 'stable'));
    }
    const took = median(runs.map(run => run.took));
    const requests = median(runs.map(run => run.requests));
    return {
      registry: isOwn ? 'embedded' : 'Distribution',
      'median ms': Math.round(took),
      'ms an image': took / IMAGES,
      requests,
      'requests an image': requests / IMAGES,
    };
  } finally {
    await host.stop();
  }
}

type Beside = { readonly registry: string; readonly others: readonly Mover[] };

async function promoteLarge(
  { folder, progress }: Surroundings,
  { registry, others }: Beside,
): Promise<Table> {
  const repositories = Array.from({ length: LARGE }, (_, i) => `headway/bench-large/image-${i}`);
  const host = await hostIn(join(folder, 'large'), { repositories, registry });
  try {
    const moves: Move[] = [];
    for (const [seed, repository] of repositories.entries()) {
      progress(`pushing image ${seed + 1} of ${LARGE}, of ${LARGE_MEGABYTES} MB`);
      const to = { registry, repository };
      const digest = await pushBenchImage(client, {
        repository: to,
        seed: 101 + seed,
        megabytes: LARGE_MEGABYTES,
      });
      await client.retag(to, digest, 'source');
      moves.push({ host: registry, repository, digest });
      // Nothing is moved where it stands already.
      await push(client, { ...to, tag: 'stable' }, smallImage(repository));
    }
    progress('headway');
    const { took, requests } = await host.promote('source', 'stable');
    const rows: Row[] = [{ by: 'headway', ms: Math.round(took), 'times headway': 1, requests }];
    for (const mover of others) {
      progress(mover.name);
      const theirs = await timed(async () => {
        for (const move of moves) await mover.move(move);
      });
      rows.push({ by: mover.name, ms: Math.round(theirs), 'times headway': theirs / took });
      for (const move of moves) await mover.cleanUp?.(move);
    }
    return { title: `${LARGE} images of ${LARGE_MEGABYTES} MB, in the Distribution registry`, rows };
  } finally {
    await host.stop();
  }
}

type Stack = { readonly repositories: readonly string[]; readonly registry: string | undefined };

async function hostIn(folder: string, stack: Stack): Promise<StackHost> {
  mkdirSync(folder);
  return startStackHost({ folder, ...stack });
}
