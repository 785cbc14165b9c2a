import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, runHeadway, startHeadway } from '../helpers/host-process.ts';
import { blobOf, push, smallImage } from '../helpers/small-image.ts';

const IMAGES = ['base', 'web'];
const client = createRegistryClient({ credentials: async () => undefined });
const HEAD = '| Commit | Image | Manifest |\n|--------|-------|----------|';
const OLD_ROW = '|[`4a59260`](https://github.com/u/d/commit/4a59260)|`ucsdets/base:2023.2-stable`|[Link](x)|';
const HOME = `Welcome to the stack wiki!\n\n${HEAD}\n${OLD_ROW}\n\n## Ours\n\n| A | B |\n|---|---|\n| 1 | 2 |\n`;

/** An image whose label says which commit it was built from. */
function imageOf(word: string, commit: string) {
  const { blobs } = smallImage(word);
  const [, layer] = blobs;
  const about = { Labels: { 'org.opencontainers.image.revision': commit } };
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = blobOf(
    Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: about, rootfs })),
    'application/vnd.oci.image.config.v1+json',
  );
  const shown = [config, layer].map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: shown[0], layers: [shown[1]] };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { blobs: [config, layer], mediaType: OCI_MANIFEST, bytes, digest: digestOf(bytes) } as const;
}

/** A headway with a wiki in a bare repository, whose images are pushed by others. */
async function serveStack(t: ExecutionContext) {
  const wiki = await createGitRepository(t);
  await wiki.grow([{ name: 'old', files: { 'Home.md': HOME, 'an-old-page.md': 'old' } }]);
  await wiki.branch('master', 'old');
  const cwd = await temporaryFolder(t);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const folder = `stack-${randomUUID().slice(0, 8)}`;
  const images = IMAGES.map(
    image => `  ${image}: { repository: ${host}/${folder}/${image}, repo: stack, builder: none }`,
  );
  const repo = 'repos: { stack: { url: "https://git.invalid/acme/stack.git" } }';
  const lines = [repo, 'images:', ...images, `wikis: { ours: { url: ${JSON.stringify(wiki.path)} } }`, ''];
  await writeFile(join(cwd, 'headway.yaml'), lines.join('\n'));
  const options = { cwd, environment: { PORT: String(port) } };
  const running = startHeadway(['up'], options);
  t.teardown(async () => {
    running.signal('SIGTERM');
    await running.ended;
  });
  await running.ready;
  const headway = async (...words: string[]) => {
    const { out, err, code } = await runHeadway([...words, '--by', 'Ada', '--json'], options);
    t.is(code, 0, err);
    return Promotion.parse(JSON.parse(out));
  };
  return {
    wiki,
    page: (image: string, tag: string) => `127-0-0-1-${port}-${folder}-${image}-${tag}.md`,
    name: (image: string, tag: string) => `${host}/${folder}/${image}:${tag}`,
    read: (path: string) => wiki.git('show', `master:${path}`),
    headway,
    async push(tag: string, commit: string) {
      for (const image of IMAGES) {
        const at = { registry: host, repository: `${folder}/${image}`, tag };
        await push(client, at, imageOf(`${image} ${commit}`, commit));
        const kept = join(cwd, '.headway', 'artifacts', 'builds', image, commit, 'manifests');
        await mkdir(kept, { recursive: true });
        await writeFile(join(kept, 'page.md'), `manifest of ${image} at ${commit}`);
      }
    },
    /** When the wiki shows it, as the API says. */
    async shown({ number }: Promotion) {
      for (;;) {
        const answer = await fetch(`http://${host}/api/v1/promotions/${number}`);
        const { pages } = Promotion.parse(await answer.json());
        if (pages?.state === 'shown') return;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    },
  };
}

test('a wiki in a bare repository shows what was promoted, and keeps what was there', async t => {
  const stack = await serveStack(t);
  const [first, second] = ['1234567890'.repeat(4), 'abcdef0123'.repeat(4)];
  await stack.push('2026.3-a1', first);
  const rehearsal = await stack.headway('promote', '2026.3-a1', '--dry-run');
  await stack.shown(rehearsal);
  t.is((await stack.wiki.git('rev-list', '--count', 'master')).trim(), '1', 'a dry run writes nothing');

  await stack.shown(await stack.headway('promote', '2026.3-a1'));
  t.is(await stack.read(stack.page('web', '2026.3-stable')), `manifest of web at ${first}`);
  await stack.push('2026.3-b2', second);
  await stack.shown(await stack.headway('promote', '2026.3-b2'));

  const cells = [
    '[`abcdef0`](https://git.invalid/acme/stack/commit/abcdef0)',
    IMAGES.map(image => `\`${stack.name(image, '2026.3-stable')}\``).join('<br>'),
    IMAGES.map(image => `[Link](${stack.page(image, '2026.3-stable')})`).join('<br>'),
  ];
  t.is(await stack.read('Home.md'), HOME.replace(OLD_ROW, `|${cells.join('|')}|\n${OLD_ROW}`));
  t.is(await stack.read('an-old-page.md'), 'old');
  t.is(await stack.read(stack.page('web', '2026.3-stable')), `manifest of web at ${second}`);
  t.is(await stack.read(stack.page('web', '2026.3-a1')), `manifest of web at ${first}`, 'old pages are kept');

  await stack.shown(await stack.headway('promote', '2026.3-stable', '--to', 'stable'));
  t.regex(
    await stack.read('Stable_Tag.md'),
    /^\| Global-Stable Image \| Based On \| Manifest \|\n\| :- \| :- \| :- \|\n\|.*2026\.3-stable`\|.*\|$/,
  );
  t.is(await stack.read(stack.page('base', 'stable')), `manifest of base at ${second}`);
  t.deepEqual((await stack.wiki.git('log', '--format=%s', 'master')).trim().split('\n'), [
    ...[second, second, first].map(sha => `[ci skip] Automated publish for ${sha}`),
    'old',
  ]);
});
