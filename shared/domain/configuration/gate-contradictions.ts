import { milliseconds } from '../durations.ts';
import type { GateConfiguration } from './gates.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';
import { isMovedByItself } from './tags.ts';

/** Gates that nobody could pass, and people asked before what nobody promotes. */
export function gateRules({ tags, gates }: Configuration): Mistake[] {
  const ofTags = Object.entries(tags).flatMap(([name, tag]) => {
    const asked = (isMovedByItself(tag) ? (tag.gates ?? []) : []).filter(
      gate => gates[gate]?.kind === 'approval',
    );
    return asked.map(gate => ({ path: ['tags', name, 'gates'], message: unheard(gate) }));
  });
  const ofGates = Object.entries(gates).flatMap(([name, gate]) =>
    mistakesOf(gate).map(([field, message]) => ({ path: ['gates', name, field], message })),
  );
  return [...ofTags, ...ofGates];
}

function unheard(gate: string): string {
  return `expected follows: manual, or gates without "${gate}": people approve promotions, and this tag moves without one`;
}

function mistakesOf(gate: GateConfiguration): (readonly [field: string, message: string])[] {
  switch (gate.kind) {
    case 'approval': {
      const people = gate.from === undefined ? gate.count : new Set(gate.from).size;
      return people < gate.count
        ? [['count', `expected at most ${people}: no more people have a voice`]]
        : [];
    }
    case 'healthy-for':
      return milliseconds(gate.deadline) <= milliseconds(gate.atLeast)
        ? [['deadline', `expected longer than atLeast, which is ${gate.atLeast}`]]
        : [];
    case 'kubernetes':
      return gate.gke !== undefined && (gate.kubeconfig !== undefined || gate.context !== undefined)
        ? [['gke', 'expected alone: kubeconfig and context say where another cluster is']]
        : [];
    default:
      return [];
  }
}
