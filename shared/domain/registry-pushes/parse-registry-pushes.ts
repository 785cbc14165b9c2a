import type { HookConfiguration } from '../configuration/hooks.ts';
import type { Delivery } from '../documents/delivery.ts';
import { PermanentError } from '../permanent-error.ts';
import { parseAcr } from './parse-acr.ts';
import { parseDistribution } from './parse-distribution.ts';
import { parseDockerHub } from './parse-docker-hub.ts';
import { parseEcr } from './parse-ecr.ts';
import { parseGeneric } from './parse-generic.ts';
import { parseGithubPackage } from './parse-github-package.ts';
import { parseHarbor } from './parse-harbor.ts';
import { parseJfrog } from './parse-jfrog.ts';
import { parseNexus } from './parse-nexus.ts';
import { parseQuay } from './parse-quay.ts';
import { lastOfEach, type RegistryPush } from './registry-push.ts';

type Source = {
  readonly kind: Delivery['kind'];
  readonly body: string;
  /** How the configuration says that it is to be read; needed for a sender that does not tell its own host. */
  readonly hook?: HookConfiguration | undefined;
};

/**
 * The tags that a delivery says were pushed, each once, the last push of each; none when it is about something
 * else (a pull, a deletion, a layer, a push without a tag). Of a sender that does not sign, only the tags: the
 * digest is then read from the registry.
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseRegistryPushes({ kind, body, hook }: Source): RegistryPush[] {
  const parse = PARSERS[kind];
  return lastOfEach(parse === undefined ? parseAsConfigured({ kind, body, hook }) : parse(body, hook));
}

type Parse = (body: string, hook: Source['hook']) => RegistryPush[];

const PARSERS: Partial<Record<Delivery['kind'], Parse>> = {
  github: parseGithubPackage,
  dockerhub: (body, hook) => parseDockerHub(hook?.kind === 'dockerhub' ? hook.registry : 'docker.io', body),
  distribution: parseDistribution,
  harbor: parseHarbor,
  quay: parseQuay,
  acr: parseAcr,
  ecr: parseEcr,
};

function parseAsConfigured({ kind, body, hook }: Source): RegistryPush[] {
  if (hook?.kind === kind) {
    if (hook.kind === 'nexus') return parseNexus(hook.registry, body);
    if (hook.kind === 'jfrog') return parseJfrog(hook.registry, body);
    if (hook.kind === 'generic') return parseGeneric(hook, body);
  }
  const now = hook === undefined ? 'is not in the configuration' : `is of kind "${hook.kind}" now`;
  throw new PermanentError(`Cannot read a registry push from a delivery of kind "${kind}": its hook ${now}`);
}
