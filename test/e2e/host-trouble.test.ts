import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, runHeadway, startHeadway } from '../helpers/host-process.ts';
import { processesOf } from '../helpers/host-process-sample.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { signedWebhook } from '../helpers/signed-webhook.ts';

const SECRETS = { GITHUB_SECRET: 'github-secret-of-the-shop', PASSWORD: 'a-password-nobody-takes' };

type Trouble = {
  /** The host of the registry, where it is another than the embedded one. */
  readonly registry?: string;
  readonly image?: string;
  readonly repo?: string;
  readonly more?: string;
};

/** A running host with one image and one service, to which the first commit was pushed. */
async function inTrouble(
  t: ExecutionContext,
  { registry, image = 'builder: layers', repo, more = '' }: Trouble,
) {
  const [shop, manifests] = [await createGitRepository(t), await createGitRepository(t)];
  const { first = '' } = await shop.grow([
    { name: 'first', files: { Dockerfile: 'FROM scratch\nCOPY page /page\n', page: 'hello' } },
  ]);
  await shop.branch('main', 'first');
  const cwd = await temporaryFolder(t);
  const port = await freePort();
  const url = repo ?? shop.path;
  const repository = `${registry ?? `127.0.0.1:${port}`}/web`;
  await writeFile(
    join(cwd, 'headway.yaml'),
    `repos:
  shop: { url: ${JSON.stringify(url)} }
images:
  web: { repo: shop, repository: ${repository}, ${image} }
tags:
  prod: { images: [web] }
targets:
  manifests: { kind: git, url: ${JSON.stringify(manifests.path)}, files: ['*.yaml'] }
services:
  web: { target: manifests, image: web, tag: prod }
hooks:
  github: { kind: github, secret: env://GITHUB_SECRET, repo: shop }
${more}`,
  );
  const options = { cwd, environment: { ...SECRETS, PORT: String(port) } };
  const host = startHeadway(['up'], options);
  t.teardown(() => host.signal('SIGKILL'));
  const address = await host.ready;
  const payload = {
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: first,
    repository: { clone_url: url },
  };
  const secret = SECRETS.GITHUB_SECRET;
  const { path, ...push } = signedWebhook({ kind: 'github', secret, body: JSON.stringify(payload) });
  t.is((await fetch(address + path, push)).status, 202);
  return {
    cwd,
    host,
    run: (...words: readonly string[]) => runHeadway(words, options),
    again: () => startHeadway(['up'], options),
  };
}

/** What went wrong outside is told as a sentence by `status` and by `why`, and the host lives. */
async function isTold(t: ExecutionContext, trouble: Trouble, sentence: RegExp): Promise<void> {
  t.timeout(60_000);
  const { host, run } = await inTrouble(t, trouble);
  const end = Date.now() + 40_000;
  let why = await run('why', 'web');
  while (!sentence.test(why.out) && Date.now() < end) {
    await later(200);
    why = await run('why', 'web');
  }
  t.regex(why.out, sentence);
  t.is(why.code, 4);
  const status = await run('status');
  t.regex(status.out, /^NOTES$/m);
  t.regex(status.out, sentence);
  host.signal('SIGINT');
  const { code, out, err } = await host.ended;
  t.is(code, 0);
  const all = [out, err, why.out, status.out].join('\n');
  for (const secret of Object.values(SECRETS)) t.false(all.includes(secret));
  t.notRegex(all, /^\s+at /m);
}

const tells = test.macro({
  exec: isTold,
  title: (name = '') => `${name} is told in a sentence by status and why`,
});

test.serial(
  'a Docker engine that is not there',
  tells,
  { image: 'builder: docker' },
  /Cannot reach Docker at unix:\/\/\/nonexistent\/docker\.sock: no such file; start Docker, set DOCKER_HOST/,
);
test.serial(
  'a registry that is not there',
  tells,
  { registry: '127.0.0.1:9' },
  /Cannot .+ "127\.0\.0\.1:9\/web.*": connect ECONNREFUSED 127\.0\.0\.1:9; see whether the registry is up and reachable/,
);
test.serial(
  'a repository that is not there',
  tells,
  { repo: '/nonexistent/shop.git' },
  /Cannot clone "\/nonexistent\/shop\.git": git says "fatal: repository '\/nonexistent\/shop\.git' does not exist"/,
);
test.serial(
  'a Dockerfile that is not there',
  tells,
  { image: 'builder: layers, dockerfile: Containerfile' },
  /"Containerfile" is not a file in the build context; correct dockerfile of this image, or add the file/,
);

test.serial('a registry that refuses the login is told in a sentence by status and why', async t => {
  const host = await serveHttp(t, (_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end('{"errors":[]}');
  });
  const login = `registries:\n  "${host}": { username: me, password: env://PASSWORD }\n`;
  await isTold(
    t,
    { registry: host, more: login },
    /answered 401; check the user name and password for this registry/,
  );
});

test.serial('a build that hangs keeps nobody who stops headway, and is built at the next start', async t => {
  t.timeout(60_000);
  const asked = Promise.withResolvers<void>();
  let answers: RequestListener = () => asked.resolve();
  const registry = await serveHttp(t, (request, response) => answers(request, response));
  const { cwd, host, again } = await inTrouble(t, { registry });
  await asked.promise;
  const from = performance.now();
  host.signal('SIGINT');
  const { code, out } = await host.ended;
  t.is(code, 0);
  t.true(performance.now() - from < 20_000);
  t.regex(out, /stopped: what did not end is done again at the next start\n$/);
  t.deepEqual(await processesOf(cwd), []);
  const tried = Promise.withResolvers<void>();
  answers = (_, response) => {
    tried.resolve();
    response.writeHead(500).end();
  };
  const next = again();
  t.teardown(() => next.signal('SIGKILL'));
  await tried.promise;
  next.signal('SIGINT');
  t.is((await next.ended).code, 0);
});
