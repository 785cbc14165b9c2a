import { BuildFailure } from '../../ports/builder.ts';
import { type Platform, parsePlatform } from './layers/platform.ts';
import { StepRefused } from './layers/refusals.ts';

/** The platform that an order names. @throws {BuildFailure} for text that names none. */
export function readPlatform(text: string): Platform {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (error instanceof StepRefused) throw new BuildFailure(`Cannot build: ${error.message}`);
    throw error;
  }
}
