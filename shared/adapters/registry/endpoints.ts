/** Says of a registry's host (with port) that it speaks plain HTTP. */
export type Insecure = (registryHost: string) => boolean;

/**
 * Where the registry's API answers. Docker Hub's API is not at its name; registries on this machine speak plain
 * HTTP, as Docker has it: https://docs.docker.com/reference/cli/dockerd/#insecure-registries
 */
export function originOf(registryHost: string, insecure: Insecure): URL {
  if (registryHost === 'docker.io') return new URL('https://registry-1.docker.io');
  const scheme = isLoopback(registryHost) || insecure(registryHost) ? 'http' : 'https';
  return new URL(`${scheme}://${registryHost}`);
}

/** Whether a host with optional port is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
