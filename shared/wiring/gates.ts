import { withinTime } from '../adapters/gates/within-time.ts';
import { createdOf } from '../adapters/registry/created.ts';
import type { GateConfiguration } from '../domain/configuration/gates.ts';
import { isSecretReference } from '../domain/configuration/secret-reference.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import type { Gate, Gates } from '../ports/gate.ts';
import { createArtifacts } from './artifacts.ts';
import { madeOnce } from './made-once.ts';
import { revealed } from './revealed.ts';
import type { Workings } from './workings.ts';

type Asking = {
  readonly gate: Gates;
  /** When an image says that it was built. */
  readonly created: Workings['revision'];
  /** Where the output of gates is kept. */
  readonly artifacts: Artifacts;
};

/**
 * What promotions ask before a tag moves: the gates of the configuration, each made when it is first needed. Where a
 * process may only run for so long, no gate takes longer than that.
 */
export function createGates(its: Workings, { longest }: { readonly longest?: string } = {}): Asking {
  return {
    created: createdOf(its.registry),
    artifacts: createArtifacts(its),
    gate: madeOnce(async name => {
      const settings = its.configuration.gates[name];
      return settings && atMost(longest, await createGate(name, settings, its));
    }),
  };
}

/** That it did not end here says nothing of the image. */
function atMost(longest: string | undefined, gate: Gate | undefined): Gate | undefined {
  if (longest === undefined || gate === undefined) return gate;
  const reason = `it had not ended after ${longest}, longer than which a function on Google Cloud cannot ask; shorten it, and its timeout`;
  const limit = { timeout: longest, late: { kind: 'blocked', reason } } as const;
  return {
    ask: (question, output, signal) =>
      withinTime({ ...limit, signal }, ending => gate.ask(question, output, ending)),
  };
}

async function createGate(
  name: string,
  settings: GateConfiguration,
  its: Workings,
): Promise<Gate | undefined> {
  const { secret, environment: outside } = its;
  const reveal = (text: string) => (isSecretReference(text) ? secret(text) : text);
  switch (settings.kind) {
    case 'command': {
      const { createCommandGate } = await import('../adapters/gates/command/command-gate.ts');
      return createCommandGate({
        ...settings,
        environment: revealed(settings.environment, secret).values,
        outside,
      });
    }
    case 'ssh': {
      const { createSshGate } = await import('../adapters/gates/ssh/ssh-gate.ts');
      const { key, knownHosts } = settings;
      return createSshGate({ ...settings, key: secret(key), knownHosts: reveal(knownHosts), outside });
    }
    case 'http': {
      const [{ createHttp }, { createHttpGate }] = await Promise.all([
        import('../adapters/http/http.ts'),
        import('../adapters/gates/http/http-gate.ts'),
      ]);
      const http = createHttp({ userAgent: 'headway' });
      return createHttpGate({ ...settings, url: reveal(settings.url), name, http });
    }
    case 'docker':
    case 'kubernetes': {
      const { createContainedGate } = await import('./contained-gates.ts');
      return createContainedGate(
        { ...settings, environment: revealed(settings.environment, secret).values },
        its,
      );
    }
    // Only time, or people, can say.
    case 'age':
    case 'healthy-for':
    case 'approval':
      return undefined;
  }
}
