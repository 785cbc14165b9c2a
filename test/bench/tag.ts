import type { Digest } from '../../shared/domain/names/digest.ts';
import { runProgram } from '../helpers/run-program.ts';
import { pushBenchImage } from './bench-image.ts';
import { countRequests } from './count-requests.ts';
import type { Finding, Measure, Row } from './measure.ts';
import { startHeadway } from './start-headway.ts';
import { freeUrl } from './start-server.ts';
import { median, percentile, timed } from './statistics.ts';
import { client, docker, headway, type Mover, skopeo } from './tag-movers.ts';

type Place = { readonly name: string; readonly host: string };
type Times = ReadonlyMap<Mover, number[]>;
type Ground = { readonly place: Place; readonly repository: string; readonly digests: readonly Digest[] };

export const tag: Measure = {
  name: 'tag',
  about: 'moving a tag from one image to another in a registry on loopback',
  async run({ folder, progress }) {
    const url = await freeUrl();
    const server = await startHeadway({ folder, url, configuration: {} });
    const { movers, leftOut } = await moversHere();
    const lab = process.env['LAB_REGISTRY'];
    const places = [
      { name: 'embedded', host: url.host },
      ...(lab ? [{ name: 'Distribution', host: lab }] : []),
    ];
    try {
      const findings: Finding[] = [];
      for (const place of places) findings.push(await measureAt(place, movers, progress));
      return {
        tables: findings.flatMap(({ tables }) => tables),
        notes: movers.flatMap(({ note }) => (note === undefined ? [] : [note])),
        leftOut: lab ? leftOut : [...leftOut, 'the Distribution registry, since LAB_REGISTRY is not set'],
        failures: findings.flatMap(({ failures = [] }) => failures),
      };
    } finally {
      await server.stop();
    }
  },
};

async function moversHere() {
  const hasSkopeo = (await runProgram('skopeo', ['--version'])) !== undefined;
  const hasDocker =
    Boolean(process.env['DOCKER_HOST']) && (await runProgram('docker', ['--version'])) !== undefined;
  return {
    movers: [headway, ...(hasSkopeo ? [skopeo] : []), ...(hasDocker ? [docker] : [])],
    leftOut: [
      ...(hasSkopeo ? [] : ['skopeo copy, since "skopeo" is not installed (apt install skopeo)']),
      ...(hasDocker
        ? []
        : ['docker pull, tag, push, since DOCKER_HOST is not set or "docker" is not installed']),
    ],
  };
}

async function measureAt(
  place: Place,
  movers: readonly Mover[],
  progress: (text: string) => void,
): Promise<Finding> {
  const repository = 'headway/bench';
  progress(`pushing two images to ${place.name}`);
  const to = { registry: place.host, repository };
  const push = (seed: number) => pushBenchImage(client, { repository: to, seed });
  const digests = [await push(1), await push(2)];
  const ground = { place, repository, digests };
  const times: Times = new Map(movers.map(mover => [mover, []]));
  const changed = new Set<Mover>();
  for (let turn = 0; turn < Math.max(...movers.map(({ rounds }) => rounds)); turn++) {
    for (const mover of movers.filter(({ rounds }) => turn < rounds)) {
      progress(`${place.name}, round ${turn + 1}, ${mover.name}`);
      const digest = digests[turn % digests.length] ?? '';
      const move = { host: place.host, repository, digest };
      times.get(mover)?.push(await timed(() => mover.move(move)));
      const now = await client.head({ ...to, tag: 'prod' });
      if (now?.digest !== digest) changed.add(mover);
      await mover.cleanUp?.(move);
    }
  }
  const rows: Row[] = [];
  for (const mover of movers) {
    rows.push({ ...(await rowOf(mover, ground, times)), 'same digest': changed.has(mover) ? 'no' : 'yes' });
  }
  return {
    tables: [{ title: `In the ${place.name} registry`, rows }],
    failures: changed.has(headway) ? [`headway did not move the tag in the ${place.name} registry`] : [],
  };
}

async function rowOf(mover: Mover, ground: Ground, times: Times): Promise<Row> {
  const own = times.get(mover) ?? [];
  return {
    by: mover.name,
    'median ms': median(own),
    'p95 ms': percentile(own, 0.95),
    'times headway': median(own) / median(times.get(headway) ?? []),
    rounds: own.length,
    requests: await requestsOf(mover, ground),
  };
}

/** Counted on one more move, since counting takes time of its own. */
async function requestsOf(
  mover: Mover,
  { place, repository, digests: [digest = ''] }: Ground,
): Promise<number> {
  const counter = await countRequests(place.host);
  try {
    const move = { host: counter.host, repository, digest };
    await mover.move(move);
    const requests = counter.taken();
    await mover.cleanUp?.(move);
    return requests;
  } finally {
    counter.close();
  }
}
