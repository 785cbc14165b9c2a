import type { ExecutionContext } from 'ava';
import type { Timeouts } from '../../../shared/adapters/forge/api/send.ts';
import { createForges } from '../../../shared/adapters/forge/forges.ts';
import { ConfigurationShape } from '../../../shared/domain/configuration/schema.ts';
import { temporaryFolder } from '../git-repository.ts';
import { silentLog as log } from '../silent-log.ts';

type Options = {
  /** By the name in a reference: `env://TOKEN` is `TOKEN`. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  readonly timeouts?: Partial<Timeouts>;
  readonly root?: string;
  readonly mostBytes?: number;
};

/** The forge of a configuration with one repo, `app`. */
export async function openForge(t: ExecutionContext, repo: object, options: Options = {}) {
  const { secrets = {}, now = () => Date.parse('2030-01-01T00:00:00Z'), timeouts = {}, mostBytes } = options;
  return createForges({
    repos: ConfigurationShape.parse({ repos: { app: repo } }).repos,
    secret: reference => secrets[reference.replace('env://', '')] ?? '',
    root: options.root ?? (await temporaryFolder(t)),
    clock: { now },
    log,
    timeouts,
    ...(mostBytes !== undefined && { mostBytes }),
  });
}
