import { BuildFailure, type BuildOrder } from '../../ports/builder.ts';

/** @throws {BuildFailure} for an order with secrets: this builder would have to leave them in the image. */
export function refuseSecrets({ secrets = {} }: BuildOrder, why: string): void {
  const names = Object.keys(secrets).join(', ');
  if (names === '') return;
  throw new BuildFailure(
    `Cannot build with secrets (${names}): ${why}; give this image a builder that keeps them out, such as one of kind docker`,
  );
}
