import { join } from 'node:path';
import { type SurveyOptions, survey } from '../../functions/smart-redeploy/survey.ts';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import type { Target } from '../../shared/ports/target.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords } from '../../shared/records/records.ts';
import { runProgram } from '../helpers/run-program.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import { push, smallImage } from '../helpers/small-image.ts';
import { countRequests } from './count-requests.ts';
import type { Measure, Row } from './measure.ts';
import { startHeadway } from './start-headway.ts';
import { freeUrl } from './start-server.ts';

const SERVICES = 1_000;
const AT_ONCE = 8;
const ROUNDS = 3;
const REPOSITORY = 'bench/app';

/** One survey of many services, of which one in ten runs something else; a dry run, so that each is alike. */
export const redeploy: Measure = {
  name: 'redeploy',
  about: `comparing what ${SERVICES.toLocaleString('en')} services run with what a registry on loopback has`,
  async run({ folder, progress }) {
    const url = await freeUrl();
    const server = await startHeadway({ folder, url, configuration: {} });
    try {
      progress(`pushing ${SERVICES} tags`);
      const digest = await pushTags(url.host);
      const rows: Row[] = [];
      for (const references of [SERVICES, 50]) {
        for (let round = 0; round < ROUNDS; round++) {
          progress(`${references} references, ${round + 1} of ${ROUNDS}`);
          rows.push(await measure({ folder, host: url.host, references, digest, round }));
        }
      }
      progress('a registry that answers 429 after 100 requests');
      rows.push(
        await measure({ folder, host: url.host, references: SERVICES, digest, round: 0, allow: 100 }),
      );
      progress('bare HEAD requests');
      rows.push(await bareHeads(url.host));
      progress('skopeo inspect');
      const inspected = await skopeoInspect(url.host);
      return {
        tables: [
          {
            title: `${SERVICES.toLocaleString('en')} services, ${AT_ONCE} requests at once`,
            rows: inspected === undefined ? rows : [...rows, inspected],
          },
        ],
        notes: ['skopeo is a command for each service, so its start is part of the time.'],
        leftOut: inspected === undefined ? ['skopeo inspect, since "skopeo" is not installed'] : [],
      };
    } finally {
      await server.stop();
    }
  },
};

async function pushTags(host: string): Promise<Digest> {
  const client = createRegistryClient({ credentials: async () => undefined });
  const reference = { registry: host, repository: REPOSITORY };
  const digest = await push(client, { ...reference, tag: 't0' }, smallImage('bench'));
  await inTurns(SERVICES, i => client.retag(reference, digest, `t${i}`));
  return digest;
}

type Run = {
  readonly folder: string;
  readonly host: string;
  readonly references: number;
  readonly digest: Digest;
  readonly round: number;
  /** After so many requests the registry answers 429. */
  readonly allow?: number;
};

async function measure({ folder, host, references, digest, round, allow }: Run): Promise<Row> {
  const counter = await countRequests(host, allow === undefined ? {} : { allow });
  const tags = Object.fromEntries(
    Array.from({ length: references }, (_, i) => [`t${i}`, { images: ['app'], movedBy: 'registry' }]),
  );
  const names = Array.from({ length: SERVICES }, (_, i) => `s${i}`);
  const configuration = ConfigurationShape.parse({
    images: { app: { repository: `${counter.host}/${REPOSITORY}` } },
    tags,
    targets: { here: { kind: 'docker' } },
    services: Object.fromEntries(
      names.map((name, i) => [name, { target: 'here', image: 'app', tag: `t${i % references}` }]),
    ),
    smartRedeploy: { concurrency: AT_ONCE, budget: '10m' },
  });
  const other: Digest = `sha256:${'0'.repeat(64)}`;
  const found = names.map((workload, i) => ({
    workload,
    image: { registry: counter.host, repository: REPOSITORY, tag: `t${i % references}` },
    digest: i % 10 === 0 ? other : digest,
    updating: false,
    labels: {},
  }));
  const target: Target = {
    list: async () => found,
    observe: async () => ({ state: 'running', digest: other }),
    deploy: async () => ({ kind: 'failed', reason: 'nothing is deployed in a dry run' }),
  };
  const path = join(folder, `survey-${references}-${round}-${allow ?? 'all'}.sqlite`);
  const documents = openSqliteDocuments({ path, queries });
  const its: SurveyOptions = {
    records: createRecords(documents),
    hints: createInProcessHints({ log }),
    configuration,
    registry: createRegistryClient({ credentials: async () => undefined }),
    forge: { head: async () => undefined },
    target: async () => target,
    clock: { now: Date.now },
    log,
    redact: text => text,
  };
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const { report } = await survey(its, { dryRun: true });
  const took = performance.now() - start;
  const memory = process.memoryUsage().rss - before;
  await documents.close();
  const requests = counter.taken();
  counter.close();
  const of = (verdict: string) => report.findings.filter(finding => finding.verdict === verdict).length;
  return {
    contender: allow === undefined ? `headway, ${references} references` : `headway, 429 after ${allow}`,
    'wall ms': Math.round(took),
    requests,
    'memory MiB': Math.max(0, Math.round(memory / 1024 / 1024)),
    'to redeploy': of('redeploy'),
    unknown: of('unknown'),
  };
}

async function bareHeads(host: string): Promise<Row> {
  const counter = await countRequests(host);
  const start = performance.now();
  await inTurns(SERVICES, async i => {
    const answer = await fetch(`http://${counter.host}/v2/${REPOSITORY}/manifests/t${i}`, { method: 'HEAD' });
    if (!answer.ok) throw new Error(`Cannot look up t${i}: it answered ${answer.status}`);
  });
  const took = performance.now() - start;
  counter.close();
  return { contender: 'bare HEAD loop', 'wall ms': Math.round(took), requests: SERVICES };
}

async function skopeoInspect(host: string): Promise<Row | undefined> {
  if ((await runProgram('skopeo', ['--version'])) === undefined) return undefined;
  const counter = await countRequests(host);
  const start = performance.now();
  await inTurns(SERVICES, i =>
    runProgram('skopeo', [
      'inspect',
      '--tls-verify=false',
      '--no-tags',
      '--format',
      '{{.Digest}}',
      `docker://${counter.host}/${REPOSITORY}:t${i}`,
    ]),
  );
  const took = performance.now() - start;
  const requests = counter.taken();
  counter.close();
  return { contender: `skopeo inspect, ${AT_ONCE} at once`, 'wall ms': Math.round(took), requests };
}

/** Each number below `count`, so many at once. */
async function inTurns(count: number, act: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < count; i = next++) await act(i);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
