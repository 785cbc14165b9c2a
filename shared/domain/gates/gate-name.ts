import type { GateStanding } from '../documents/gate.ts';

/** As people read it: `gate "gpu" of web`. */
export function gateName({ gate, image }: Pick<GateStanding, 'gate' | 'image'>): string {
  return `gate "${gate}"${image === undefined ? '' : ` of ${image}`}`;
}
