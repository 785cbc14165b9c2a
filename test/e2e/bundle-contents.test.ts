import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { bundleFunction } from '../../infra/bundle/bundle-function.ts';
import { functionMap } from '../../infra/cloud/function-map.ts';

/** The heavy packages, and the functions that use them; everything else does without. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-ecs': ['deploy', 'smart-redeploy'],
  '@kubernetes/client-node': ['builds', 'deploy', 'promote', 'smart-redeploy'],
  dockerode: ['builds', 'deploy', 'promote', 'smart-redeploy'],
  'dockerfile-ast': ['builds'],
  'tar-stream': ['builds', 'notices', 'prod-tag', 'promote', 'deploy', 'smart-redeploy'],
};
/** What only tests and tools import, and what the buildpack installs itself. */
const NEVER = ['ava', 'esbuild', 'fast-check', 'playwright-core', '@google-cloud/functions-framework'];

const folder = await mkdtemp(join(tmpdir(), 'headway-bundle-'));
test.after.always(() => rm(folder, { recursive: true }));

for (const name of Object.keys(functionMap)) {
  test(`the bundle of ${name} has no vendor package that ${name} does not use`, async t => {
    const { packages, zip } = await bundleFunction(name, folder);
    const unused = Object.keys(USERS).filter(heavy => !USERS[heavy]?.includes(name));
    t.deepEqual(
      packages.filter(one => unused.includes(one) || NEVER.includes(one)),
      [],
    );
    t.true(packages.includes('@google-cloud/firestore'));
    t.true(existsSync(join(folder, name, 'index.js')));
    t.true(existsSync(zip));
  });
}
