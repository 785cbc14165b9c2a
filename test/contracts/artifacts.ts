import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { Artifacts } from '../../shared/ports/artifacts.ts';

type Register = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;
export type OpenArtifacts = (t: ExecutionContext) => Promise<Artifacts>;

/** What every store of files promises. */
export function artifactsContract(test: Register, name: string, open: OpenArtifacts): void {
  const claim = (title: string, check: (t: ExecutionContext, artifacts: Artifacts) => Promise<void>) =>
    test(`${name} ${title}`, async t => check(t, await open(t)));
  const text = async (artifacts: Artifacts, path: string) => {
    const bytes = await artifacts.get(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };

  claim('gives back what was put, text, bytes and streams', async (t, artifacts) => {
    const bytes = randomBytes(70_000);
    await artifacts.put('builds/web/1/logs/web:1 ü.log', 'Schritt 1\nfertig ✓\n');
    await artifacts.put('builds/web/1/empty', '');
    await artifacts.put('bytes', bytes);
    const content = async function* () {
      for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
    };
    await artifacts.put('streamed', { size: bytes.length, content });
    t.deepEqual(Buffer.from((await artifacts.get('streamed')) ?? []), bytes);
    t.is(await text(artifacts, 'builds/web/1/logs/web:1 ü.log'), 'Schritt 1\nfertig ✓\n');
    t.is(await text(artifacts, 'builds/web/1/empty'), '');
    t.deepEqual(Buffer.from((await artifacts.get('bytes')) ?? []), bytes);
  });

  claim('replaces what was there', async (t, artifacts) => {
    await artifacts.put('a/b', 'a long text that was there before');
    await artifacts.put('a/b', 'short');
    t.is(await text(artifacts, 'a/b'), 'short');
    t.deepEqual(await artifacts.list('a'), ['a/b']);
  });

  claim('has nothing where nothing was put', async (t, artifacts) => {
    await artifacts.put('a/b/c', 'x');
    t.is(await artifacts.get('a/b/d'), undefined);
    t.is(await artifacts.get('a/b'), undefined, 'a folder is no file');
    t.deepEqual(await artifacts.list('b'), []);
    t.deepEqual(await artifacts.list('a/b/c'), [], 'a file is no folder');
  });

  claim('lists a folder and all below it, in order, and nothing beside it', async (t, artifacts) => {
    for (const path of ['x/b', 'x/a/2', 'x/a/1', 'x/a10', 'xy/no']) await artifacts.put(path, path);
    t.deepEqual(await artifacts.list('x'), ['x/a/1', 'x/a/2', 'x/a10', 'x/b']);
    t.deepEqual(await artifacts.list('x/a'), ['x/a/1', 'x/a/2']);
  });

  claim('removes a folder and all below it, also twice, and nothing beside it', async (t, artifacts) => {
    for (const path of ['x/b', 'x/a/2', 'x/a/1', 'x/a/deep/er/3', 'x/a10', 'xy/no'])
      await artifacts.put(path, path);
    await artifacts.remove('x/a');
    await artifacts.remove('x/a');
    await artifacts.remove('x/b');
    t.deepEqual(await artifacts.list('x'), ['x/a10', 'x/b'], 'a file is no folder');
    t.is(await artifacts.get('x/a/1'), undefined);
    await artifacts.put('x/a/1', 'again');
    t.is(await text(artifacts, 'x/a/1'), 'again');
  });

  claim('shows a reader the old file or the new one, never a part', async (t, artifacts) => {
    const [old, fresh] = ['a', 'b'].map(letter => letter.repeat(400_000));
    await artifacts.put('big', old ?? '');
    const writing = artifacts.put('big', fresh ?? '');
    const seen = new Set<string>();
    let done = false;
    writing.finally(() => (done = true));
    while (!done) seen.add((await text(artifacts, 'big')) ?? 'nothing');
    await writing;
    seen.add((await text(artifacts, 'big')) ?? 'nothing');
    t.deepEqual(
      [...seen].filter(found => found !== old && found !== fresh),
      [],
    );
    t.true(seen.has(fresh ?? ''));
  });

  for (const path of [
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    'a/',
    './a',
    '.hidden',
    'a\\b',
    'a\nb',
  ]) {
    claim(`refuses ${JSON.stringify(path)}`, async (t, artifacts) => {
      await t.throwsAsync(artifacts.put(path, 'x'), {
        instanceOf: RangeError,
        message: /no path below the store/,
      });
      await t.throwsAsync(artifacts.get(path), { instanceOf: RangeError });
      await t.throwsAsync(artifacts.list(path), { instanceOf: RangeError });
      await t.throwsAsync(artifacts.remove(path), { instanceOf: RangeError });
    });
  }
}
