import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { parse } from 'yaml';
import { Status, Timeline } from '../../functions/api/answers.ts';
import { developerGit } from '../../infra/local/sample/developer-git.ts';
import { prepareSample } from '../../infra/local/sample/prepare-sample.ts';
import type { Measure, Row } from './measure.ts';
import { startHeadway } from './start-headway.ts';
import { freeUrl } from './start-server.ts';
import { median } from './statistics.ts';

const PUSHES = 9;
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;
const IMAGE = 'web';

/** Points in time, in milliseconds since the Unix epoch, in the order of the way. */
type Journey = readonly { readonly part: string; readonly at: number }[];

export const journey: Measure = {
  name: 'journey',
  about: 'from git push to observed running, on the bundled sample',
  async run({ folder, progress }) {
    const url = await freeUrl();
    const { configuration, work } = await prepareSample({ folder, url: url.href.replace(/\/$/, '') });
    const server = await startHeadway({ folder, url, configuration: withoutDocker(configuration) });
    try {
      progress('the first push builds everything');
      await push({ work, url, turn: 0 });
      const journeys: Journey[] = [];
      for (let turn = 1; turn <= PUSHES; turn++) {
        progress(`push ${turn} of ${PUSHES}`);
        journeys.push(await push({ work, url, turn }));
      }
      return {
        tables: [{ title: `Of ${PUSHES} pushes that change a file of one image`, rows: rowsOf(journeys) }],
        notes: [
          'Builder layers, target git; the delivery includes git push itself and the start of the hook that delivers it.',
        ],
      };
    } finally {
      await server.stop();
    }
  },
};

/** The same on every machine: built by the layers builder, run by the repository of manifests. */
function withoutDocker(file: string): object {
  const { images, targets, services, ...others } = parse(readFileSync(file, 'utf8'));
  const layered = Object.entries<object>(images).map(([name, image]) => [
    name,
    { ...image, builder: 'layers' },
  ]);
  const { manifests } = targets;
  const { web, api } = services;
  return { ...others, images: Object.fromEntries(layered), targets: { manifests }, services: { web, api } };
}

type Push = { readonly work: string; readonly url: URL; readonly turn: number };

async function push({ work, url, turn }: Push): Promise<Journey> {
  if (turn > 0) appendFileSync(join(work, IMAGE, 'index.html'), `<!-- ${turn} -->\n`);
  await developerGit(['add', '.'], { cwd: work });
  await developerGit(['commit', '--quiet', '--message', `Change ${turn}`], { cwd: work });
  const sha = await developerGit(['rev-parse', 'HEAD'], { cwd: work });
  const start = Date.now();
  await developerGit(['push', '--quiet', 'origin', 'main'], { cwd: work });
  const timeline = new URL(`/api/v1/commits/shop/${sha}/timeline`, url);
  let reached = 'nothing';
  const found = await until(
    async () => {
      const answer = await fetch(timeline);
      if (!answer.ok) return undefined;
      const { items } = Timeline.parse(await answer.json());
      reached = items.at(-1)?.text ?? reached;
      return journeyIn(start, items);
    },
    () => `commit ${sha} got no further than "${reached}"`,
  );
  await until(
    async () => ((await isQuiet(url)) ? true : undefined),
    () => `headway did not come to rest after commit ${sha}`,
  );
  return found;
}

/** @returns nothing before the end is reached. */
function journeyIn(start: number, items: Timeline['items']): Journey | undefined {
  const ofImage = items.filter(({ image }) => image === IMAGE);
  const running = items.find(({ kind, document }) => kind === 'running' && document?.key[1] === IMAGE);
  if (running === undefined) return undefined;
  const points = [
    { part: 'delivery: pushed, signed, stored', at: items.find(({ kind }) => kind === 'push')?.at },
    {
      part: 'build: planned, parent and image built and pushed',
      at: ofImage.findLast(({ kind }) => kind === 'build')?.at,
    },
    { part: 'notice: settled', at: ofImage.find(({ kind }) => kind === 'notice')?.at },
    { part: 'move: prod is on the image', at: ofImage.find(({ kind }) => kind === 'move')?.at },
    { part: 'deploy: observed running', at: running.at },
  ];
  return [
    { part: 'start', at: start },
    ...points.map(({ part, at }) => ({ part, at: Date.parse(at ?? '') })),
  ];
}

function rowsOf(journeys: readonly Journey[]): Row[] {
  const parts = (journeys[0] ?? []).slice(1).map(({ part }, i) => ({
    part,
    times: journeys.map(points => (points[i + 1]?.at ?? Number.NaN) - (points[i]?.at ?? Number.NaN)),
  }));
  const totals = journeys.map(points => (points.at(-1)?.at ?? Number.NaN) - (points[0]?.at ?? Number.NaN));
  return [...parts, { part: 'from push to running', times: totals }].map(({ part, times }) => ({
    part,
    'median ms': median(times),
    'fastest ms': Math.min(...times),
    'slowest ms': Math.max(...times),
  }));
}

async function isQuiet(url: URL): Promise<boolean> {
  const answer = await fetch(new URL('/api/v1/status', url));
  const { waiting } = Status.parse(await answer.json());
  return waiting.deliveries + waiting.builds + waiting.tags === 0;
}

async function until<T>(look: () => Promise<T | undefined>, complaint: () => string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new Error(`Cannot measure the journey: ${complaint()} in ${PATIENCE_MS / 1_000} s`);
    }
    await later(LOOK_EVERY_MS);
  }
}
