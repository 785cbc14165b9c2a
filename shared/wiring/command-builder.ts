import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import type { Builder } from '../ports/builder.ts';
import { redactorOf } from '../runtime/secrets/redactor.ts';
import { revealed } from './revealed.ts';
import type { Workings } from './workings.ts';

/** A builder that is a program of this machine. */
export async function createCommand(
  { command, environment }: Extract<BuilderConfiguration, { kind: 'command' }>,
  its: Workings,
): Promise<Builder> {
  const { createCommandBuilder } = await import('../adapters/builders/command/builder.ts');
  const { values, secrets } = revealed(environment, its.secret);
  return createCommandBuilder({
    command,
    environment: values,
    redact: more => redactorOf([...secrets, ...more]),
    credentials: its.credentials,
    registry: its.registry,
    outside: its.environment,
    temporary: its.folders.repos,
  });
}
