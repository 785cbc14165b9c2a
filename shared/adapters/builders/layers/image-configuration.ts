import { z } from 'zod';
import { Digest } from '../../../domain/names/digest.ts';
import type { Platform } from './platform.ts';

const Names = z.record(z.string(), z.unknown()).nullish();
const Words = z.array(z.string()).nullish();

/** How a container is started; fields that are not named here are kept as they are. */
export const Settings = z.looseObject({
  User: z.string().nullish(),
  ExposedPorts: Names,
  Env: Words,
  Entrypoint: Words,
  Cmd: Words,
  Volumes: Names,
  WorkingDir: z.string().nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  StopSignal: z.string().nullish(),
  Shell: Words,
  OnBuild: Words,
});
export type Settings = z.infer<typeof Settings>;

const History = z.looseObject({ created_by: z.string().nullish(), empty_layer: z.boolean().nullish() });
export type History = z.infer<typeof History>;

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md */
export const ImageConfiguration = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().nullish(),
  'os.version': z.string().nullish(),
  'os.features': Words,
  config: Settings.nullish(),
  rootfs: z.looseObject({ diff_ids: z.array(Digest).nullish() }),
  history: z.array(History).nullish(),
});
export type ImageConfiguration = z.infer<typeof ImageConfiguration>;

/** Platform, and what else a base says about the system it is for. */
export type SystemFields = Platform & Pick<ImageConfiguration, 'os.version' | 'os.features'>;

export type Description = {
  readonly system: SystemFields;
  readonly settings: Settings;
  readonly history: readonly History[];
  readonly diffIds: readonly Digest[];
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly epoch: number;
};

/** The configuration's bytes: equal for equal descriptions, whatever order their names were given in. */
export function formatConfiguration(description: Description): Uint8Array {
  const { system, settings, history, diffIds, labels, epoch } = description;
  const configuration = {
    created: timestamp(epoch),
    architecture: system.architecture,
    ...(system.variant !== undefined && { variant: system.variant }),
    os: system.os,
    ...(system['os.version'] && { 'os.version': system['os.version'] }),
    ...(system['os.features'] && { 'os.features': system['os.features'] }),
    config: sortNames({ ...settings, Labels: { ...settings.Labels, ...labels } }),
    rootfs: { type: 'layers', diff_ids: diffIds },
    history,
  };
  return new TextEncoder().encode(JSON.stringify(configuration));
}

/** RFC 3339, as the specification asks. */
export function timestamp(epoch: number): string {
  return new Date(epoch).toISOString();
}

/** Sets of names have no order of their own; empty ones are left out. */
function sortNames(settings: Settings): Settings {
  const sets = Object.entries(settings).map(([name, value]) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [name, value];
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [name, name !== 'Healthcheck' && entries.length === 0 ? undefined : Object.fromEntries(entries)];
  });
  return Object.fromEntries(sets.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
