import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleFunction } from '../../infra/bundle/bundle-function.ts';
import { createFirestoreDocuments } from '../../shared/adapters/documents/firestore.ts';
import { declareTopics } from '../../shared/adapters/hints/pubsub/declare-topics.ts';
import { applyConfiguration } from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords } from '../../shared/records/records.ts';
import { freePort } from '../helpers/host-process.ts';
import { signedWebhook } from '../helpers/signed-webhook.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import type { Measure } from './measure.ts';
import { median } from './statistics.ts';

// The clients would otherwise look for Google's metadata server.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

const TIMES = Number(process.env['HEADWAY_COLD_TIMES'] ?? 7);
const SECRET = 'secret-of-the-cold-start';
const FRAMEWORK = dirname(
  dirname(dirname(createRequire(import.meta.url).resolve('@google-cloud/functions-framework'))),
);
const CONFIGURATION = `hooks:\n  github: { kind: github, secret: env://COLD_SECRET }\n`;
const BARE = `import { http } from '@google-cloud/functions-framework';
http('hooks', (request, response) => { response.status(202).send('{}'); });
`;

/** Process start to the first 202, a document written and a message published, as one bundle and as it lies here. */
export const cold: Measure = {
  name: 'cold',
  about: 'process start of hooks to its first 202, bundled and not, beside the bare functions framework',
  async run({ folder, progress }) {
    if (process.env['FIRESTORE_EMULATOR_HOST'] === undefined || !process.env['PUBSUB_EMULATOR_HOST']) {
      return { tables: [], leftOut: ["Google's emulators are not named: no function can start"] };
    }
    const project = `bench-${randomUUID()}`;
    await prepare(project);
    await bundleFunction('hooks', folder);
    const contenders = {
      'bare framework': bareFunction(join(folder, 'bare')),
      'hooks, bundled': withFramework(join(folder, 'hooks')),
      'hooks, unbundled': {
        framework: FRAMEWORK,
        source: fileURLToPath(new URL('../../functions/hooks/index.ts', import.meta.url)),
      },
    };
    const times = new Map<string, number[]>(Object.keys(contenders).map(name => [name, []]));
    for (let round = 0; round < TIMES; round++) {
      for (const [name, contender] of Object.entries(contenders)) {
        progress(`${name}, ${round + 1} of ${TIMES}`);
        times.get(name)?.push(await firstAnswer(contender, project));
      }
    }
    const bare = median(times.get('bare framework') ?? []);
    const rows = [...times].map(([name, all]) => ({
      contender: name,
      'median ms': Math.round(median(all)),
      'least ms': Math.round(Math.min(...all)),
      'of bare': (median(all) / bare).toFixed(2),
    }));
    return { tables: [{ title: `Process start to first 202, ${TIMES} times in turn`, rows }] };
  },
};

type Contender = { readonly framework: string; readonly source: string };

async function prepare(projectId: string): Promise<void> {
  const documents = createFirestoreDocuments({ projectId, queries, log });
  const at = new Date().toISOString();
  await applyConfiguration(createRecords(documents), { text: CONFIGURATION, by: 'the bench', at, over: 0 });
  await documents.close();
  await declareTopics({ projectId, prefix: 'headway', endpoints: { pushes: 'http://127.0.0.1:9' } });
}

/** One path to the framework for all who import it: with two it would have two registries of functions. */
function withFramework(folder: string): Contender {
  const framework = join(folder, 'node_modules', '@google-cloud', 'functions-framework');
  mkdirSync(dirname(framework), { recursive: true });
  symlinkSync(FRAMEWORK, framework);
  return { framework, source: folder };
}

function bareFunction(folder: string): Contender {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module","main":"index.js"}');
  writeFileSync(join(folder, 'index.js'), BARE);
  return withFramework(folder);
}

/** Milliseconds until the function answered 202 to a push that it has not seen. */
async function firstAnswer({ framework, source }: Contender, project: string): Promise<number> {
  const port = await freePort();
  const main = join(framework, 'build', 'src', 'main.js');
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: 'a'.repeat(40),
    repository: { clone_url: 'https://git.example/shop.git' },
  });
  const webhook = signedWebhook({ kind: 'github', secret: SECRET, body, delivery: randomUUID() });
  const start = performance.now();
  const child = spawn(process.execPath, [main, `--source=${source}`, '--target=hooks', `--port=${port}`], {
    env: { ...process.env, GOOGLE_CLOUD_PROJECT: project, COLD_SECRET: SECRET, NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  try {
    for (;;) {
      const { path, ...request } = webhook;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, request).catch(() => undefined);
      if (answer?.status === 202) return performance.now() - start;
      if (answer !== undefined)
        throw new Error(`"${source}" answered ${answer.status}: ${await answer.text()}`);
      if (isOver(child)) throw new Error(`"${source}" ended before it served`);
      await later(5);
    }
  } finally {
    child.kill('SIGKILL');
  }
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
