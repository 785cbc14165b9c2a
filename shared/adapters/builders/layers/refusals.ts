import { BuildFailure } from '../../../ports/builder.ts';

/** Something in a Dockerfile that cannot be built here; the message is a clause that says what to do. */
export type Refusal = { readonly line: number; readonly message: string };

/** Thrown while one step is read or run. Its line is known to the one who catches it, and the next step goes on. */
export class StepRefused extends Error {
  override name = 'StepRefused';
}

/** All refusals in the order of their lines, as one failure. */
export function failureOf(dockerfile: string, refusals: readonly Refusal[]): BuildFailure {
  const lines = refusals
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, message }) => `${dockerfile} line ${line}: ${message}`);
  return new BuildFailure(lines.join('\n'));
}

/** Thrown for a step that needs a stage that was refused: nothing is to be added to that. */
export class RefusedBefore extends Error {
  override name = 'RefusedBefore';
}

/** The refusal as a value, if it is a new one; every other error is thrown on. */
export function refusalsAt(line: number, error: unknown): Refusal[] {
  if (error instanceof RefusedBefore) return [];
  if (error instanceof StepRefused) return [{ line, message: error.message }];
  throw error;
}
