import type { CredentialsFor } from '../adapters/registry/credentials.ts';
import type { Configuration, TargetConfiguration } from '../domain/configuration/schema.ts';
import type { Log } from '../ports/log.ts';
import type { Registry } from '../ports/registry.ts';

/** What targets are made of, besides their settings. */
export type TargetOptions = {
  readonly configuration: Configuration;
  readonly credentials: CredentialsFor;
  readonly registry: Registry;
  readonly secret: (reference: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder for what targets keep: clones of manifest repositories, and what they told somebody else. */
  readonly manifests: string;
  readonly log: Log;
};

/** The settings of one kind of target, or of several. */
export type TargetSettings<Kind extends TargetConfiguration['kind']> = Extract<
  TargetConfiguration,
  { kind: Kind }
>;
