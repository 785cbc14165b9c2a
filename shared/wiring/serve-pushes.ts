import type { Topic } from '../domain/documents/waiting.ts';
import type { Listener, Look } from '../ports/hints.ts';
import { atBoundary } from '../runtime/boundary.ts';
import { type FrameworkFunction, frameworkFunction } from '../runtime/framework-http.ts';
import { createCloudGround, type Section } from './cloud-ground.ts';
import { forOurCaller } from './for-our-caller.ts';
import { takeMessage } from './take-message.ts';
import { whileConfigured } from './while-configured.ts';
import { createWorkings, type Workings } from './workings.ts';

/** A function to which Pub/Sub pushes the messages of its topics, with what is done about them. */
export function servePushes(
  sections: readonly Section[],
  make: (its: Workings) => Partial<Record<Topic, Look>>,
): FrameworkFunction {
  const ground = createCloudGround(sections);
  const made = whileConfigured(ground, configured => {
    const its = createWorkings({ ...configured, show: () => {} }, configured);
    const guarded = Object.entries(make(its)).map(
      ([topic, listener]) => [topic, atBoundary(its, listener)] as const,
    );
    return { configured, listeners: new Map<string, Listener>(guarded) };
  });
  const pushed = forOurCaller(ground, async request => {
    const { configured, listeners } = await made();
    return takeMessage(configured, request, listeners);
  });
  return frameworkFunction(pushed, ground.log);
}
