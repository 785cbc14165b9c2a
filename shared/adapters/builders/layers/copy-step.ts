import { isArchive } from './archive-detection.ts';
import { findBaseImage } from './base-image.ts';
import type { Build, Stage } from './build.ts';
import { type Copying, copyFiles, matchSources } from './copy.ts';
import { StepRefused } from './refusals.ts';
import { resultOf, withFiles } from './stage.ts';
import type { Copy } from './steps.ts';
import type { Tree } from './tree.ts';
import { expandIn } from './variables.ts';

const URL_SOURCE = /^(?:(?:https?|ftp|git|ssh):\/\/|git@)/i;

/** What a COPY or ADD adds to the stage. @throws {StepRefused} */
export async function copyStep(stage: Stage & { files: Tree }, copy: Copy, build: Build): Promise<Tree> {
  const expandWord = (word: string) => expandIn(stage, word, build);
  const sources = copy.sources.map(expandWord);
  const url = copy.keyword === 'ADD' ? sources.find(source => URL_SOURCE.test(source)) : undefined;
  if (url !== undefined) {
    throw new StepRefused(
      `ADD of ${JSON.stringify(url)} is not supported: what it fetches is not of the commit; add the file to the repository`,
    );
  }
  const mode = copy.chmod === undefined ? undefined : modeOf(expandWord(copy.chmod), copy.keyword);
  const copying: Copying = {
    keyword: copy.keyword,
    sources,
    destination: expandWord(copy.destination),
    workdir: stage.settings.WorkingDir || '/',
    from: await sourceOf(copy.from === undefined ? undefined : expandWord(copy.from), build),
    into: stage.files,
    owner: copy.chown === undefined ? { uid: 0, gid: 0 } : ownerOf(expandWord(copy.chown), copy.keyword),
    ...(mode !== undefined && { mode }),
  };
  const matches = matchSources(copying);
  for (const { name, node } of copy.keyword === 'ADD' ? matches : []) {
    if (await isArchive(node)) {
      throw new StepRefused(
        `ADD would unpack the archive ${JSON.stringify(name)}, which this builder does not; COPY it, or set builder: docker for this image`,
      );
    }
  }
  return copyFiles(copying, matches);
}

async function sourceOf(from: string | undefined, build: Build): Promise<Copying['from']> {
  if (from === undefined) {
    const { files, isIgnored } = build.context;
    const whyMissing = (path: string) => (isIgnored(path) ? '.dockerignore leaves it out' : undefined);
    return { tree: files, name: 'the build context', isContext: true, whyMissing };
  }
  const earlier = build.stages.findLast(
    ({ name, index }) => name === from.toLowerCase() || String(index) === from,
  );
  if (earlier !== undefined) {
    const { files } = await withFiles(resultOf(earlier), build);
    return { tree: files, name: `stage ${JSON.stringify(from)}`, isContext: false };
  }
  if (/^\d+$/.test(from)) throw new StepRefused(`--from=${from} is not the number of an earlier stage`);
  const { store, platform, isPlatformAsked, listFiles, signal } = build;
  const { reference, layers } = await findBaseImage(store, { name: from, platform, isPlatformAsked });
  const tree = await listFiles({ image: reference, layers, signal });
  return { tree, name: `image ${JSON.stringify(from)}`, isContext: false };
}

function ownerOf(text: string, keyword: string): { uid: number; gid: number } {
  const [, user, group = user] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  if (user === undefined) {
    throw new StepRefused(
      `${keyword} --chown needs numbers, such as 1000:1000, found ${JSON.stringify(text)}`,
    );
  }
  return { uid: Number(user), gid: Number(group) };
}

function modeOf(text: string, keyword: string): number {
  if (/^[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
  throw new StepRefused(`${keyword} --chmod needs an octal mode, such as 755, found ${JSON.stringify(text)}`);
}
