import { posix } from 'node:path';
import type { Build, Stage } from './build.ts';
import { makeFolder } from './copy.ts';
import { copyStep } from './copy-step.ts';
import { applySetting } from './settings.ts';
import { recordStep, withFiles } from './stage.ts';
import type { ArgAction, Step } from './steps.ts';
import { expandIn, ownValue } from './variables.ts';

/** The stage after one step. @throws {StepRefused} */
export async function runStep(stage: Stage, { action, source }: Step, build: Build): Promise<Stage> {
  switch (action.kind) {
    case 'arg':
      return { ...stage, args: declareArguments(stage, action, build) };
    case 'copy': {
      const known = await withFiles(stage, build);
      const entries = await copyStep(known, action.copy, build);
      return recordStep(known, { source, entries }, build);
    }
    case 'workdir': {
      const known = await withFiles(stage, build);
      const path = posix.resolve('/', stage.settings.WorkingDir ?? '', expandIn(stage, action.value, build));
      const settings = { ...stage.settings, WorkingDir: path };
      return recordStep({ ...known, settings }, { source, entries: makeFolder(path, known.files) }, build);
    }
    default: {
      const settings = applySetting(stage.settings, action, {
        expand: word => expandIn(stage, word, build),
        saidCmd: stage.saidCmd,
      });
      return recordStep(
        { ...stage, settings, saidCmd: stage.saidCmd || action.kind === 'cmd' },
        { source },
        build,
      );
    }
  }
}

/** A value given to the build counts before the default, and that before an ARG of the same name above FROM. */
function declareArguments(stage: Stage, { names }: ArgAction, build: Build): Stage['args'] {
  const { args, globals, platformArgs } = build;
  const known = new Map(stage.args);
  for (const { name, value } of names) {
    const standard = value === undefined ? undefined : expandIn({ ...stage, args: known }, value, build);
    const said = ownValue(args, name) ?? standard ?? globals.get(name) ?? platformArgs[name];
    if (said !== undefined) known.set(name, said);
  }
  return known;
}
