import type { Route } from './route.ts';

export type Found =
  | { readonly kind: 'found'; readonly route: Route; readonly path: Readonly<Record<string, string>> }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'other method'; readonly allow: readonly string[] }
  | { readonly kind: 'nothing' };

export const PREFIX = '/api/v1';

/** Finds the route of a request. Where two fit, the one with more words of its own wins. HEAD is GET. */
export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  if (!path.startsWith(`${PREFIX}/`)) return { kind: 'nothing' };
  const segments = path.slice(PREFIX.length).split('/').map(decode);
  if (!segments.every(segment => segment !== undefined)) return { kind: 'unreadable' };
  const fitting = routes
    .filter(route => fits(template(route), segments))
    .toSorted((a, b) => words(b) - words(a));
  const best = fitting.filter(route => words(route) === (fitting[0] && words(fitting[0])));
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = best.find(candidate => candidate.method === wanted);
  if (route !== undefined) return { kind: 'found', route, path: parametersOf(route, segments) };
  if (best.length === 0) return { kind: 'nothing' };
  return {
    kind: 'other method',
    allow: best.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
  };
}

function template({ path }: Route): string[] {
  return path.split('/');
}

function fits(parts: readonly string[], segments: readonly string[]): boolean {
  return (
    parts.length === segments.length &&
    parts.every((part, i) => (isParameter(part) ? segments[i] !== '' : part === segments[i]))
  );
}

function words(route: Route): number {
  return template(route).filter(part => !isParameter(part)).length;
}

function parametersOf(route: Route, segments: readonly string[]): Record<string, string> {
  const pairs = template(route).flatMap((part, i) =>
    isParameter(part) ? [[part.slice(1, -1), segments[i] ?? ''] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function isParameter(part: string): boolean {
  return part.startsWith('{');
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
