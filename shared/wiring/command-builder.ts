import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import { isSecretReference } from '../domain/configuration/secret-reference.ts';
import type { Builder } from '../ports/builder.ts';
import { createRedactor } from '../runtime/secrets/redactor.ts';
import type { Workings } from './workings.ts';

/** A builder that is a program of this machine. */
export async function createCommand(
  { command, environment }: Extract<BuilderConfiguration, { kind: 'command' }>,
  its: Workings,
): Promise<Builder> {
  const { createCommandBuilder } = await import('../adapters/builders/command/builder.ts');
  const secrets: string[] = [];
  const resolved = Object.entries(environment).map(([name, text]) => {
    if (!isSecretReference(text)) return [name, text] as const;
    const value = its.secret(text);
    secrets.push(value);
    return [name, value] as const;
  });
  return createCommandBuilder({
    command,
    environment: Object.fromEntries(resolved),
    redact: more => {
      const { add, redact } = createRedactor();
      for (const secret of [...secrets, ...more]) add(secret);
      return redact;
    },
    credentials: its.credentials,
    registry: its.registry,
    outside: its.environment,
    temporary: its.folders.repos,
  });
}
