import { z } from 'zod';
import type { Build } from '../../shared/domain/documents/build.ts';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { type Package, PackageList } from '../../shared/domain/packages/package.ts';
import { problem } from '../../shared/domain/problem.ts';
import { isArtifactPath } from '../../shared/domain/results/artifact-path.ts';
import { buildFolder, pagesFolder, RESULT_FOLDERS } from '../../shared/domain/results/result-names.ts';
import type { Artifacts } from '../../shared/ports/artifacts.ts';
import { builds } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import { BuildFiles, BuildPackages, FileText } from './answers.ts';
import { missing } from './document-routes.ts';
import { findVersion } from './find-version.ts';
import { defineRoute, nothing, type Route } from './route.ts';

type Options = { readonly records: Records; readonly artifacts: Artifacts };

/** A part of a path in the store: nothing that leads anywhere else. */
const Part = z.string().refine(text => isArtifactPath(text) && !text.includes('/'), 'expected a plain name');
const BuildPath = z.strictObject({ image: Part, commit: CommitSha });
const FilePath = BuildPath.extend({ folder: z.enum(RESULT_FOLDERS), name: Part });
const VersionPath = z.strictObject({
  image: Part,
  version: z.string().min(1).describe('A commit (seven digits are enough), a digest, or a tag.'),
});

/** What builds left behind: the list of files, one of them, and the packages in an image. */
export function buildFileRoutes(its: Options): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/builds/{image}/{commit}/files',
      id: 'listBuildFiles',
      summary: 'The files that a build left behind: results, logs and manifests',
      pathParameters: BuildPath,
      queryParameters: nothing,
      answer: { status: 200, schema: BuildFiles },
      handle: async ({ path }) => ({ items: await filesOf(its, path) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/builds/{image}/{commit}/files/{folder}/{name}',
      id: 'readBuildFile',
      summary: 'One of the files that a build left behind, as text',
      pathParameters: FilePath,
      queryParameters: nothing,
      answer: { status: 200, schema: FileText, type: 'text/plain; charset=utf-8' },
      problems: [404],
      handle: async ({ path: { folder, name, ...build } }) => {
        for (const place of await foldersOf(its, build)) {
          const body = await its.artifacts.get(`${place}/${folder}/${name}`);
          if (body === undefined) continue;
          return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
        }
        return problem(
          404,
          `Cannot find ${folder}/${name} of ${build.image} at ${build.commit}: no such file was kept`,
        );
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/builds/{image}/{version}/packages',
      id: 'listBuildPackages',
      summary: 'The packages in an image, by a commit, a digest or a tag',
      pathParameters: VersionPath,
      queryParameters: nothing,
      answer: { status: 200, schema: BuildPackages },
      problems: [404],
      handle: async ({ path: { image, version } }) => {
        const build = await findVersion(its.records, image, version);
        if (build === undefined) return missing('builds', [image, version]);
        const packages = await packagesOf(its.artifacts, build);
        if (packages !== undefined) return { image, commit: build.commit, packages };
        const advice = 'give the image info commands such as pip list, and build it again';
        return problem(
          404,
          `Cannot list the packages of ${image} at ${build.commit}: no list was kept; ${advice}`,
        );
      },
    }),
  ];
}

type Built = { readonly image: string; readonly commit: string };

/** Its own folder, and after it that of the build whose image it took over. */
async function foldersOf({ records }: Options, path: Built): Promise<string[]> {
  const build = await records.get(refTo(builds, path.image, path.commit));
  return [...new Set([buildFolder(path), pagesFolder(build ?? path)])];
}

async function filesOf(its: Options, path: Built): Promise<BuildFiles['items']> {
  const [own = '', ...others] = await foldersOf(its, path);
  const found = await listed(its.artifacts, own);
  const taken = (await Promise.all(others.map(folder => listed(its.artifacts, folder)))).flat();
  // Its result and its lists are its own, and of several files of one name the own one is read.
  const isNew = (file: BuildFile) =>
    file.folder !== 'artifacts' &&
    !found.some(({ folder, name }) => folder === file.folder && name === file.name);
  return [...found, ...taken.filter(isNew)];
}

type BuildFile = BuildFiles['items'][number];

async function listed(artifacts: Artifacts, folder: string): Promise<BuildFile[]> {
  const paths = await artifacts.list(folder);
  return paths.flatMap(path => {
    const [kind, name, ...more] = path.slice(folder.length + 1).split('/');
    const known = RESULT_FOLDERS.find(each => each === kind);
    return known === undefined || name === undefined || more.length > 0 ? [] : [{ folder: known, name }];
  });
}

/** Of a build under several names, the packages are the same in each. */
async function packagesOf(artifacts: Artifacts, build: Build): Promise<Package[] | undefined> {
  const paths = await artifacts.list(`${pagesFolder(build)}/manifests`);
  const path = paths.find(each => each.endsWith('.packages.json'));
  const bytes = path === undefined ? undefined : await artifacts.get(path);
  if (bytes === undefined) return undefined;
  return PackageList.parse(JSON.parse(new TextDecoder().decode(bytes))).packages;
}
