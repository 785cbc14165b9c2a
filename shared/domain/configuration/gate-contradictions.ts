import { milliseconds } from '../durations.ts';
import type { GateConfiguration } from './gates.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** Gates that nobody could pass. */
export function gateRules({ gates }: Pick<Configuration, 'gates'>): Mistake[] {
  return Object.entries(gates).flatMap(([name, gate]) =>
    mistakesOf(gate).map(([field, message]) => ({ path: ['gates', name, field], message })),
  );
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
