import { findBaseImage } from './base-image.ts';
import type { Build, EarlierStage, Stage } from './build.ts';
import { expand } from './expansion.ts';
import { type History, timestamp } from './image-configuration.ts';
import type { StagePlan } from './plan.ts';
import { parsePlatform } from './platform.ts';
import { RefusedBefore, StepRefused } from './refusals.ts';
import type { Tree } from './tree.ts';

/** What FROM stands for. @throws {StepRefused} */
export async function beginStage(plan: StagePlan, build: Build): Promise<Stage> {
  const { globals, escapeMark, store, stages, isPlatformAsked } = build;
  const lookup = (name: string) => globals.get(name) ?? build.platformArgs[name];
  const name = expand(plan.from, lookup, escapeMark);
  if (name === '') throw new StepRefused(`FROM ${plan.from} is empty: give its build argument a value`);
  const asked = plan.platform === undefined ? '' : expand(plan.platform, lookup, escapeMark);
  const platform = asked === '' ? build.platform : parsePlatform(asked);
  if (name === 'scratch') return { ...SCRATCH, system: platform };
  const earlier = stages.findLast(stage => stage.name === name.toLowerCase());
  if (earlier !== undefined) return { ...resultOf(earlier), saidCmd: false };
  const { reference, family, configuration, layers } = await findBaseImage(store, {
    name,
    platform,
    isPlatformAsked: asked !== '' || isPlatformAsked,
  });
  const settings = configuration.config ?? {};
  if (settings.OnBuild?.length) {
    throw new StepRefused(
      `image "${name}" has ONBUILD instructions, which need builder: docker for this image`,
    );
  }
  const { os, architecture, variant, 'os.version': version, 'os.features': features } = configuration;
  return {
    ...SCRATCH,
    family,
    system: {
      os,
      architecture,
      ...(variant && { variant }),
      ...(version && { 'os.version': version }),
      ...(features && { 'os.features': features }),
    },
    settings,
    history: configuration.history ?? [],
    base: { image: reference, layers },
    files: layers.length === 0 ? new Map() : undefined,
  };
}

/** @throws {RefusedBefore} */
export function resultOf({ result }: EarlierStage): Stage {
  if (result === undefined) throw new RefusedBefore();
  return result;
}

/** The stage with all its files known. */
export async function withFiles(
  stage: Stage,
  { listFiles, signal }: Build,
): Promise<Stage & { files: Tree }> {
  if (stage.files !== undefined) return { ...stage, files: stage.files };
  const below = stage.base === undefined ? new Map() : await listFiles({ ...stage.base, signal });
  return { ...stage, files: overlay(below, ...stage.added.map(({ entries }) => entries)) };
}

/** The stage after a step: a layer where it added files, and in any case a line of history. */
export function recordStep(stage: Stage, step: { source: string; entries?: Tree }, { epoch }: Build): Stage {
  const { source, entries = new Map() } = step;
  const isEmpty = entries.size === 0;
  const line: History = {
    created: timestamp(epoch),
    created_by: source,
    ...(isEmpty && { empty_layer: true }),
  };
  const history = [...stage.history, line];
  if (isEmpty) return { ...stage, history };
  const files = stage.files === undefined ? undefined : overlay(stage.files, entries);
  return { ...stage, history, added: [...stage.added, { entries }], files };
}

const SCRATCH: Omit<Stage, 'system'> = {
  family: 'oci',
  settings: {},
  history: [],
  base: undefined,
  added: [],
  files: new Map(),
  args: new Map(),
  saidCmd: false,
};

function overlay(...trees: readonly Tree[]): Tree {
  return new Map(trees.flatMap(tree => [...tree]));
}
