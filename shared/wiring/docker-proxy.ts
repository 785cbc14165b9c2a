import { createHttp } from '../adapters/http/http.ts';
import { createCaddyProxy } from '../adapters/proxy/caddy/caddy-proxy.ts';
import type { ProxySettings } from '../adapters/targets/docker/traffic.ts';
import type { TargetConfiguration } from '../domain/configuration/schema.ts';

type Settings = NonNullable<Extract<TargetConfiguration, { kind: 'docker' }>['proxy']>;

/** What leads requests to the containers of a target. */
export function createDockerProxy(target: string, settings: Settings): ProxySettings {
  const http = createHttp({ userAgent: 'headway' });
  return { proxy: createCaddyProxy({ ...settings, http, target }), drain: settings.drain };
}
