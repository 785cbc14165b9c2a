import { type FrameworkFunction, frameworkFunction } from '../runtime/framework-http.ts';
import { type CloudGround, type Configured, createCloudGround } from './cloud-ground.ts';
import { forOurCaller } from './for-our-caller.ts';

/** A function that its schedule calls. */
export function serveSchedule(act: (its: CloudGround & Configured) => Promise<void>): FrameworkFunction {
  const ground = createCloudGround([]);
  const scheduled = forOurCaller(ground, async () => {
    await act({ ...ground, ...(await ground.configured()) });
    return { status: 204 };
  });
  return frameworkFunction(scheduled, ground.log);
}
