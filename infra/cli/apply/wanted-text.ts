import { resolve } from 'node:path';
import type { Mistake as ShapeMistake } from '../../../shared/domain/configuration/mistake.ts';
import type { Configuration } from '../../../shared/domain/configuration/schema.ts';
import { configurationVersion } from '../../../shared/records/configuration-versions.ts';
import type { Records } from '../../../shared/records/records.ts';
import type { Mistake } from '../../../shared/runtime/configuration/placed-mistakes.ts';
import { type Reading, readConfiguration } from '../../../shared/runtime/configuration/read-configuration.ts';
import { readConfigurationFile } from '../../../shared/runtime/configuration/read-configuration-file.ts';
import { CommandError, exitCodes } from '../command.ts';

/** A configuration that somebody wants in force, and every mistake in it. */
export type WantedText = {
  /** What it is called, for people: the file as they named it, or `version 3`. */
  readonly name: string;
  readonly text: string;
  readonly mistakes: readonly Mistake[];
};

/** What the place where it is to be in force cannot do, of a configuration that has no other mistake. */
export type Limits = (configuration: Configuration) => readonly ShapeMistake[];

/** @throws {PermanentError} when there is no text to read. */
export async function textFromFile(file: string, limits: Limits = () => []): Promise<WantedText> {
  const reading = await readConfigurationFile(resolve(file));
  return { name: file, text: reading.text, mistakes: mistakesIn(reading, limits) };
}

/** The text of an earlier version, which this release may not understand any more. @throws {CommandError} when there is none. */
export async function textOfVersion(
  records: Records,
  version: number,
  limits: Limits = () => [],
): Promise<WantedText> {
  const found = await configurationVersion(records, version);
  if (found === undefined) {
    throw new CommandError(
      `Cannot go back to version ${version}: there is no such version; "headway apply --history" tells them`,
      exitCodes.failed,
    );
  }
  const name = `version ${version}`;
  const reading = readConfiguration(found.text, { path: name });
  return { name, text: found.text, mistakes: mistakesIn(reading, limits) };
}

function mistakesIn(reading: Reading, limits: Limits): readonly Mistake[] {
  if ('mistakes' in reading) return reading.mistakes;
  return limits(reading.configuration).map(({ path, message }) => reading.mistakeAt(path, message));
}
