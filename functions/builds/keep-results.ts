import type { BuildStep } from '../../shared/domain/documents/build.ts';
import { readPackages } from '../../shared/domain/packages/read-packages.ts';
import type { Layers } from '../../shared/domain/results/layer-rows.ts';
import { buildLists } from '../../shared/domain/results/list-files.ts';
import { type InfoOutput, manifestPage } from '../../shared/domain/results/manifest-page.ts';
import {
  buildFolder,
  fullName,
  pageName,
  type ResultFolder,
  safeName,
  type TaggedImage,
} from '../../shared/domain/results/result-names.ts';
import { type ImageResult, resultYaml } from '../../shared/domain/results/result-yaml.ts';
import { runLog } from '../../shared/domain/results/run-log.ts';
import type { Artifacts } from '../../shared/ports/artifacts.ts';

/** What is known of one image at the end of its build; what was not reached is left out. */
export type BuildResults = {
  readonly build: { readonly image: string; readonly commit: string };
  /** The name that its files are called by. */
  readonly name: TaggedImage;
  /** Its parent's name, where it has one. */
  readonly parent?: TaggedImage | undefined;
  /** Whether its own files were changed, and not only its parent. */
  readonly changed: boolean;
  /** Empty after a success. */
  readonly message?: string;
  /** Nothing where nothing had to be built. */
  readonly built?: { readonly success: boolean; readonly log: string } | undefined;
  readonly pushed?: { readonly success: boolean; readonly log: string } | undefined;
  readonly tests?: {
    readonly basic?: TestResult | undefined;
    readonly integration?: TestResult | 'skipped' | undefined;
  };
  readonly info?: readonly InfoOutput[];
  readonly steps?: readonly BuildStep[];
  readonly layers?: Layers | undefined;
};
export type TestResult = { readonly passed: boolean; readonly log: string };

export type KeepResults = { readonly artifacts: Artifacts; readonly redact: (text: string) => string };
/** What could not be kept is a sentence each. */
export type Kept = { readonly paths: readonly string[]; readonly problems: readonly string[] };

/**
 * Writes the files of one image in DataHub's names and formats below `builds/IMAGE/COMMIT/`: its result, its lists,
 * its logs, its manifest page and its packages. It never throws: a build does not fail for what is left of it.
 */
export async function keepResults({ artifacts, redact }: KeepResults, results: BuildResults): Promise<Kept> {
  const folder = buildFolder(results.build);
  const written = await Promise.allSettled(
    filesOf(results).map(async ([kind, name, text]) => {
      const path = `${folder}/${kind}/${name}`;
      try {
        await artifacts.put(path, redact(text));
      } catch (cause) {
        throw new Error(redact(`Cannot keep ${path}: ${messageOf(cause)}`), { cause });
      }
      return path;
    }),
  );
  return {
    paths: written.flatMap(each => (each.status === 'fulfilled' ? [each.value] : [])),
    problems: written.flatMap(each => (each.status === 'rejected' ? [messageOf(each.reason)] : [])),
  };
}

type File = readonly [kind: ResultFolder, name: string, text: string];

function filesOf(results: BuildResults): File[] {
  const { name, message = '', built, tests = {}, info = [], steps = [], layers } = results;
  const safe = safeName(name);
  const page = pageName(name);
  const { basic, integration } = tests;
  const log = (kind: string, text: string | undefined): File[] =>
    text === undefined ? [] : [['logs', `${safe}.${kind}.log`, text]];
  return [
    ['artifacts', `${safe}.yaml`, resultYaml(resultOf(results))],
    ...[...listsOf(results)].map(([list, text]): File => ['artifacts', list, text]),
    ...(steps.length === 0 ? [] : [['logs', 'run.log', runLog(steps, message)] satisfies File]),
    ...log('build', built?.log),
    ...log('basic-tests', basic?.log),
    ...log('integration-tests', integration === 'skipped' ? undefined : integration?.log),
    ...(layers === undefined
      ? []
      : [['manifests', `${page}.md`, manifestPage({ layers, info })] satisfies File]),
    ...(info.length === 0 ? [] : [['manifests', `${page}.packages.json`, packagesJson(info)] satisfies File]),
  ];
}

function resultOf({ name, message = '', built, pushed, tests = {} }: BuildResults): ImageResult {
  const { basic, integration } = tests;
  return {
    success: message === '',
    message,
    fullName: fullName(name),
    container: { imageBuilt: built?.success ?? false, pushed },
    tests: {
      basic: basic && word(basic),
      integration: integration === 'skipped' ? integration : integration && word(integration),
    },
  };
}

function listsOf({
  build,
  name,
  parent,
  changed,
  built,
  tests = {},
}: BuildResults): ReadonlyMap<string, string> {
  const ran = [tests.basic, tests.integration].filter(test => test !== undefined && test !== 'skipped');
  return buildLists({
    commit: build.commit,
    fullName: fullName(name),
    parent: parent && fullName(parent),
    changed,
    built: built?.success ?? false,
    testsPassed: ran.length === 0 ? undefined : ran.every(({ passed }) => passed),
  });
}

function packagesJson(info: readonly InfoOutput[]): string {
  return `${JSON.stringify({ packages: readPackages(info) }, null, 2)}\n`;
}

function word({ passed }: TestResult): 'passed' | 'failed' {
  return passed ? 'passed' : 'failed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
