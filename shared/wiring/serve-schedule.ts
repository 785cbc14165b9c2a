import type { HttpAnswer, HttpRequest } from '../ports/http.ts';
import { type FrameworkFunction, frameworkFunction } from '../runtime/framework-http.ts';
import { type CloudGround, type Configured, createCloudGround, type Section } from './cloud-ground.ts';
import { forOurCaller } from './for-our-caller.ts';
import { whileConfigured } from './while-configured.ts';
import { createWorkings, type Workings } from './workings.ts';

type Scheduled = {
  /** What needs documents and hints only, and so goes on when a secret or a registry is out of reach. */
  readonly always: (its: CloudGround & Configured) => Promise<void>;
  /** The sections whose secrets the rest needs. */
  readonly sections: readonly Section[];
  readonly serve: (its: Workings) => (request: HttpRequest) => Promise<HttpAnswer>;
};

/** A function that its schedule calls, or somebody by hand who has the same right. */
export function serveSchedule({ always, sections, serve }: Scheduled): FrameworkFunction {
  const bare = createCloudGround([]);
  const ground = createCloudGround(sections);
  const made = whileConfigured(ground, configured =>
    serve(createWorkings({ ...configured, show: () => {} }, configured)),
  );
  const scheduled = forOurCaller(ground, async request => {
    await always({ ...bare, ...(await bare.configured()) });
    return (await made())(request);
  });
  return frameworkFunction(scheduled, ground.log);
}
