import { Image } from '../configuration/images.ts';
import type { ImageConfiguration, RepoConfiguration } from '../configuration/schema.ts';
import type { Spec } from '../tree/spec.ts';

type StackOf = {
  readonly repo: string;
  readonly stack: NonNullable<RepoConfiguration['stack']>;
};

/**
 * How an image of a `spec.yml` is built and tested. Its Dockerfile says `FROM …:$BASE_TAG`, so it is told the tag
 * of its parent; its tests are in `test`, those of all images in `tests_common`, and those that need it pushed in
 * `integration_tests`. https://github.com/ucsd-ets/datahub-docker-stack
 */
export function recipeOfSpec(spec: Spec, name: string, { repo, stack }: StackOf): ImageConfiguration {
  const entry = spec.images[name] ?? {};
  const folder = stack.file.includes('/') ? stack.file.slice(0, stack.file.lastIndexOf('/')) : '';
  const at = (path: string) => (folder === '' ? path : `${folder}/${path}`);
  const test = (folders: readonly string[]) => ({ command: stack.test, folders });
  return Image.parse({
    repo,
    repository: entry.image_name ?? `${stack.repositories}/${name}`,
    context: at(name),
    ...(entry.depend_on && { parent: entry.depend_on }),
    parentTagArg: 'BASE_TAG',
    args: Object.fromEntries(
      Object.entries(entry.build_args ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    cache: entry.prepull === false ? 'builder' : 'registry',
    prune: entry.prune === true,
    tests: {
      basic: [test([at('tests_common'), at(`${name}/test`)])],
      integration: entry.integration_tests === true ? [test([at(`${name}/integration_tests`)])] : [],
    },
    info: (entry.info_cmds ?? []).flatMap(key => spec.all_info_cmds?.[key] ?? []),
  });
}
