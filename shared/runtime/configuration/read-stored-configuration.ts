import type { Configuration } from '../../domain/configuration/schema.ts';
import type { ConfigurationVersion } from '../../domain/documents/configuration-version.ts';
import type { Clock } from '../../ports/clock.ts';
import { configurationVersion, currentVersion } from '../../records/configuration-versions.ts';
import type { Records } from '../../records/records.ts';
import { formatMistakes } from './format-mistakes.ts';
import { readConfiguration } from './read-configuration.ts';

export type StoredConfiguration = {
  readonly version: number;
  readonly configuration: Configuration;
};

/**
 * The configuration in force; the same object while its version is.
 *
 * @throws {Error} when there is none, or none that this release understands, saying what to do. It is no
 *   `PermanentError`: what waits for it goes on by itself once somebody has put it right.
 */
export type ReadStoredConfiguration = () => Promise<StoredConfiguration>;

type Options = {
  readonly records: Records;
  readonly clock: Clock;
  /** For how many milliseconds a version that was put in force may go unnoticed. */
  readonly keepFor?: number;
};

/**
 * Reads the configuration that `headway apply` put in force: one small document every `keepFor` milliseconds (30 s),
 * and its text, which is parsed once, when the version is another.
 */
export function createStoredConfiguration({
  records,
  clock,
  keepFor = 30_000,
}: Options): ReadStoredConfiguration {
  let known: StoredConfiguration | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<StoredConfiguration> | undefined;

  return async () => {
    if (known !== undefined && clock.now() - lookedAt < keepFor) return known;
    underWay ??= look().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  async function look(): Promise<StoredConfiguration> {
    const at = clock.now();
    const version = await currentVersion(records);
    if (version === undefined) {
      throw new Error('Cannot find a configuration: none was put in force; do so with "headway apply"');
    }
    if (known?.version !== version) known = parsed(await stored(version));
    lookedAt = at;
    return known;
  }

  async function stored(version: number): Promise<ConfigurationVersion> {
    const found = await configurationVersion(records, version);
    if (found !== undefined) return found;
    throw new Error(
      `Cannot find version ${version} of the configuration, which is in force: put one in force with "headway apply"`,
    );
  }
}

function parsed({ version, text, by }: ConfigurationVersion): StoredConfiguration {
  const reading = readConfiguration(text, { path: `version ${version}` });
  if ('configuration' in reading) return { version, configuration: reading.configuration };
  const [first] = reading.mistakes;
  const mistake = first === undefined ? '' : ` (${formatMistakes([first])})`;
  throw new Error(
    `Cannot use version ${version} of the configuration, by ${by}: this release does not understand it${mistake}; correct it with "headway apply", or go back with "headway apply --rollback VERSION"`,
  );
}
