import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import {
  createEmbeddedRegistry,
  type EmbeddedRegistryOptions,
} from '../../infra/local/registry/embedded-registry.ts';
import { serveHttp } from './serve-http.ts';

/** The embedded registry in a temporary folder, gone with the test. @returns its host with port. */
export async function serveRegistry(
  t: ExecutionContext,
  options: Omit<EmbeddedRegistryOptions, 'root'> = {},
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'headway-registry-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const onError = (error: unknown) => t.fail(String(error));
  return await serveHttp(t, createEmbeddedRegistry({ root, onError, ...options }));
}
