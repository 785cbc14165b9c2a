import { goDuration } from './go-duration.ts';
import type { Settings } from './image-configuration.ts';
import { exposedPorts } from './ports.ts';
import { StepRefused } from './refusals.ts';
import type { Command, Probe, Setting } from './steps.ts';

/** Docker's shell where no SHELL says otherwise. */
const SHELL = ['/bin/sh', '-c'];

export type SettingContext = {
  /** A word with its variables replaced and its quotes removed. */
  readonly expand: (word: string) => string;
  /** Whether this stage has said CMD: an ENTRYPOINT forgets the base's CMD, but not the stage's own. */
  readonly saidCmd: boolean;
};

/** Pure: the settings after one step. @throws {StepRefused} */
export function applySetting(settings: Settings, step: Setting, context: SettingContext): Settings {
  const { expand, saidCmd } = context;
  switch (step.kind) {
    case 'env': {
      // All values are replaced before the first of them is set.
      const values = step.values.map(({ name, value }) => [expand(name), expand(value)] as const);
      return { ...settings, Env: values.reduce(withVariable, settings.Env ?? []) };
    }
    case 'label': {
      const values = step.values.map(({ name, value }) => [expand(name), expand(value)] as const);
      return { ...settings, Labels: { ...settings.Labels, ...Object.fromEntries(values) } };
    }
    case 'cmd':
      return { ...settings, Cmd: commandWords(step.command, settings) };
    case 'entrypoint':
      return {
        ...settings,
        Entrypoint: commandWords(step.command, settings),
        ...(saidCmd ? {} : { Cmd: undefined }),
      };
    case 'expose': {
      const ports = step.values.flatMap(value => expand(value).split(/\s+/)).flatMap(exposedPorts);
      return { ...settings, ExposedPorts: { ...settings.ExposedPorts, ...asSet(ports) } };
    }
    case 'volume': {
      const paths = step.values.map(expand);
      if (paths.includes('')) throw new StepRefused('VOLUME needs a path, found an empty one');
      return { ...settings, Volumes: { ...settings.Volumes, ...asSet(paths) } };
    }
    case 'user':
      return { ...settings, User: expand(step.value) };
    case 'stopsignal':
      return { ...settings, StopSignal: signalName(expand(step.value)) };
    case 'shell':
      return { ...settings, Shell: [...step.words] };
    case 'healthcheck':
      return { ...settings, Healthcheck: healthcheck(step.probe) };
    case 'maintainer':
      // What the reference advises to write in its place.
      return { ...settings, Labels: { ...settings.Labels, 'org.opencontainers.image.authors': step.value } };
  }
}

/** The variables of the settings by name. */
export function variablesOf(settings: Settings): Map<string, string> {
  return new Map(
    (settings.Env ?? []).map(line => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

function withVariable(lines: string[], [name, value]: readonly [string, string]): string[] {
  const line = `${name}=${value}`;
  const at = lines.findIndex(other => other.startsWith(`${name}=`));
  return at === -1 ? [...lines, line] : lines.with(at, line);
}

function commandWords(command: Command, settings: Settings): string[] {
  return 'exec' in command ? [...command.exec] : [...(settings.Shell ?? SHELL), command.shell];
}

function asSet(names: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map(name => [name, {}]));
}

function signalName(signal: string): string {
  if (/^(?:\d{1,2}|(?:SIG)?[A-Z]+\d?(?:[+-]\d{1,2})?)$/.test(signal)) return signal;
  throw new StepRefused(`STOPSIGNAL needs a signal such as SIGTERM or 15, found ${JSON.stringify(signal)}`);
}

/** https://github.com/moby/docker-image-spec/blob/v1.3.1/specs-go/v1/image.go */
function healthcheck({ command, durations, retries }: Probe): Record<string, unknown> {
  if (command === 'none') return { Test: ['NONE'] };
  const test = 'exec' in command ? ['CMD', ...command.exec] : ['CMD-SHELL', command.shell];
  const fields = {
    interval: 'Interval',
    timeout: 'Timeout',
    'start-period': 'StartPeriod',
    'start-interval': 'StartInterval',
  };
  const times = Object.entries(fields).flatMap(([flag, field]) => {
    const duration = durations[flag];
    return duration === undefined ? [] : [[field, goDuration(duration)]];
  });
  return { Test: test, ...Object.fromEntries(times), ...(retries !== undefined && { Retries: retries }) };
}
