import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { GateResult } from '../../shared/domain/documents/gate.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, runHeadway, startHeadway } from '../helpers/host-process.ts';
import { push, smallImage } from '../helpers/small-image.ts';

const client = createRegistryClient({ credentials: async () => undefined });
const SECRET = 'builds-secret-of-the-test';

/**
 * A headway of its own: `web:prod` follows a branch behind a test that passes once there is a file, and `web:fair` behind
 * two people.
 */
async function serve(t: ExecutionContext) {
  const [cwd, repo, port] = [await temporaryFolder(t), await createGitRepository(t), await freePort()];
  const names = ['c0', 'c1', 'c2'];
  const shas = await repo.grow(
    names.map((name, i) => ({ name, parents: i === 0 ? [] : [`c${i - 1}`], files: { name } })),
  );
  await repo.branch('main', 'c2');
  const host = `127.0.0.1:${port}`;
  const mark = join(cwd, 'green');
  const configuration = {
    repos: { shop: { url: repo.path } },
    images: { web: { repo: 'shop', repository: `${host}/shop/web`, builder: 'none' } },
    tags: { prod: { images: ['web'], gates: ['smoke'] }, fair: { images: ['web'], gates: ['people'] } },
    gates: {
      people: { kind: 'approval', count: 2 },
      smoke: { kind: 'command', run: ['sh', '-c', `echo "testing $HEADWAY_COMMIT"; cat ${mark}`] },
    },
    hooks: { builds: { kind: 'notices', secret: 'env://BUILDS' } },
  };
  await writeFile(join(cwd, 'headway.yaml'), JSON.stringify(configuration));
  const options = { cwd, environment: { PORT: String(port), BUILDS: SECRET } };
  const running = startHeadway(['up'], options);
  t.teardown(async () => {
    running.signal('SIGTERM');
    await running.ended;
  });
  await running.ready;
  return {
    mark,
    sha: (name: string) => shas[name] ?? '',
    async built(name: string) {
      const sha = shas[name] ?? '';
      const at = { registry: host, repository: 'shop/web', tag: sha };
      const digest = await push(client, at, smallImage(`${randomUUID()} ${name}`));
      const answer = await fetch(`http://${host}/hooks/builds`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
        body: JSON.stringify({ image_name: `${host}/shop/web`, tag: sha, repo: repo.path }),
      });
      t.true(answer.ok);
      return digest;
    },
    digestOf: async (tag: string) =>
      (await client.head({ registry: host, repository: 'shop/web', tag }))?.digest,
    async until(path: string, seen: RegExp) {
      for (let tries = 0; tries < 200; tries++) {
        const text = await (await fetch(`http://${host}/api/v1/${path}`)).text();
        if (seen.test(text)) return text;
        await later(50);
      }
      return t.fail(`${path} never shows ${seen}`);
    },
    headway: (...words: string[]) => runHeadway(words, options),
  };
}

test('a tag that follows a branch waits for a real test, which a person has asked again', async t => {
  const place = await serve(t);
  await writeFile(place.mark, 'green');
  const first = await place.built('c0');
  await place.until('moves?image=web&tag=prod', /"verdict":"moved"/);
  t.is(await place.digestOf('prod'), first);

  await rm(place.mark);
  const second = await place.built('c1');
  await place.until('moves', /"verdict":"refused".*gate \\"smoke\\" of web failed \(exit status 1\)/);
  t.is(await place.digestOf('prod'), first);

  const red = await place.headway('gate', 'smoke', `web@${second}`);
  t.is(red.code, 1);
  t.regex(red.out, /^gate "smoke" of web failed \w+ of commit \w+\nexit status 1\nlog: gates\/web\//);
  await writeFile(place.mark, 'green');
  const green = await place.headway('gate', 'smoke', 'web', '--by', 'Ada', '--json');
  t.is(green.code, 0, green.err);
  const result = GateResult.parse(JSON.parse(green.out));
  t.like(result, { state: 'passed', digest: second, commit: place.sha('c1') });
  await place.until('tags', new RegExp(`"observed":{"commit":"${place.sha('c1')}"`));
  t.is(await place.digestOf('prod'), second);

  const unknown = await place.headway('gate', 'gpu', 'web');
  t.is(unknown.code, 1);
  t.regex(unknown.err, /Cannot ask gate "gpu": the configuration has none/);
  t.is((await place.headway('gate', 'smoke')).code, 2);
});

test('a tag that follows a branch waits for people, who do what headway tells them', async t => {
  const place = await serve(t);
  await place.built('c0');
  await place.until('tags', /people say so with/);
  const status = await place.headway('status');
  const [, ...words] = /headway (approve) (\S+)\s+(people)/.exec(status.out) ?? [];
  const said = await place.headway(...words, '--by', 'Ada');
  t.is(said.code, 0, said.err);
  t.regex(
    said.out,
    /^gate "people" of web waiting \w+ of commit \w+, for fair\n1 of 2 people approved it \(so far Ada\)/,
  );
  const refused = await place.headway('approve', `web:fair@${place.sha('c1')}`, 'people', '--refuse');
  t.is(refused.code, 1);
  t.regex(refused.err, /Cannot refuse gate "people" of web:fair: nobody is asked about that commit now/);
  t.is(await place.digestOf('fair'), undefined);
  t.is((await place.headway(...words, '--by', 'Grace', '--json')).code, 0);
  await place.until('moves?image=web&tag=fair', /"verdict":"moved"/);
  t.is(await place.digestOf('fair'), await place.digestOf(place.sha('c0')));
  t.is((await place.headway('approve', 'web:fair', 'people')).code, 2);
});
