import type { Service } from '../documents/service.ts';

/** A service that nothing is known of yet. */
export function newService(names: Pick<Service, 'target' | 'service' | 'image' | 'tag'>): Service {
  return { ...names, phase: 'idle', sequence: 0, attempts: 0 };
}
