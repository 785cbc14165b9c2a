import type { HttpHandler } from '../ports/http.ts';
import { type FrameworkFunction, frameworkFunction } from '../runtime/framework-http.ts';
import { onceReady } from '../runtime/once-ready.ts';
import { type CloudGround, type Configured, createCloudGround, type Section } from './cloud-ground.ts';
import { whileConfigured } from './while-configured.ts';

/** An HTTP function on Google Cloud that anybody may call: its handler decides who gets in. */
export function serveHttp(
  sections: readonly Section[],
  make: (its: CloudGround & Configured) => HttpHandler | Promise<HttpHandler>,
): FrameworkFunction {
  const ground = createCloudGround(sections);
  return frameworkFunction(onceReady(whileConfigured(ground, make), ground.log), ground.log);
}
