import { judgeAccess } from '../../shared/domain/access.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Report } from '../../shared/domain/documents/survey.ts';
import { problem } from '../../shared/domain/problem.ts';
import type { Artifacts } from '../../shared/ports/artifacts.ts';
import type { Assets } from '../../shared/ports/assets.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../../shared/ports/http.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Signatures } from '../../shared/ports/signatures.ts';
import type { Records } from '../../shared/records/records.ts';
import { askGateRoute } from './ask-gate.ts';
import { buildFileRoutes } from './build-files.ts';
import { buildWordRoutes } from './build-words.ts';
import { compareCandidateRoute } from './compare-candidate.ts';
import { documentRoutes } from './document-routes.ts';
import { eventsRoute, type StreamOptions, usualStreams } from './events.ts';
import { findRoute } from './find-route.ts';
import { gateVoiceRoutes } from './gate-voices.ts';
import { apiHeaders, pageHeaders } from './headers.ts';
import { health } from './health.ts';
import { holdRoutes } from './holds.ts';
import { matrixRoute } from './matrix.ts';
import { metrics } from './metrics.ts';
import { openApiRoute } from './openapi.ts';
import { badParameters } from './problem.ts';
import { promotionRoutes } from './promotions.ts';
import { queueRoutes } from './queue.ts';
import { replayRoute } from './replay.ts';
import { replayPoisonRoute } from './replay-poison.ts';
import type { Route } from './route.ts';
import { serviceWordRoutes } from './service-words.ts';
import { type RedeployWish, readSurveyRoute, smartRedeployRoute } from './smart-redeploy.ts';
import { statusRoute } from './status.ts';
import { tagVoiceRoutes } from './tag-voices.ts';
import { tagWordRoutes } from './tag-words.ts';
import { timelineRoute } from './timeline.ts';
import { whyRoutes } from './why.ts';

export type ApiOptions = {
  readonly records: Records;
  /** What builds and gates left behind. */
  readonly artifacts: Artifacts;
  readonly configuration: Configuration;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly log: Log;
  readonly signatures: Pick<Signatures, 'isSecret'>;
  /** What must be sent as `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Whether the server is bound to an address that only this machine reaches. */
  readonly loopback: boolean;
  /** The name by which people reach the server, without port. */
  readonly hostName?: string;
  readonly version: string;
  /** The files of the page; `/` is its first. */
  readonly assets: Assets;
  readonly streams?: StreamOptions;
  /** Compares what runs with what is published, where this server reaches targets and registries. */
  readonly survey?: (run: RedeployWish) => Promise<Report>;
  /** Tells the histories of commits, where this server reaches the repos. */
  readonly forge?: Pick<Forge, 'compare' | 'changes' | 'report'>;
};

/**
 * The API below `/api/v1`, the page at `/`, `/metrics`, and `/healthz`, which anybody may read. Everything that is refused or not there is answered with a
 * problem (RFC 9457); what is thrown is for the server to answer. HEAD is answered as GET; its body is not sent.
 */
export function createApi(options: ApiOptions): HttpHandler {
  const routes = apiRoutes(options);
  return async request => {
    if (request.path === '/healthz') return health(options.records);
    const asset = options.assets.get(request.path);
    const refused = refusal(request, asset === undefined ? wants(request) : 'shell', options);
    const answer =
      refused ?? (asset === undefined ? await call(routes, request, options) : file(asset, request));
    const headers = { ...(asset === undefined ? apiHeaders : pageHeaders), ...answer.headers };
    return { ...answer, headers };
  };
}

/** Every operation of the API, its own description included. */
export function apiRoutes(
  options: Omit<ApiOptions, 'assets' | 'token' | 'signatures' | 'loopback' | 'hostName'>,
): Route[] {
  const { records } = options;
  const routes = [
    statusRoute(options),
    matrixRoute(records),
    ...documentRoutes(records),
    ...buildFileRoutes(options),
    ...queueRoutes(options),
    ...buildWordRoutes(options),
    timelineRoute(records),
    ...whyRoutes(options),
    readSurveyRoute(records),
    ...(options.survey === undefined ? [] : [smartRedeployRoute(options.survey)]),
    eventsRoute(records, options.streams ?? usualStreams),
    ...serviceWordRoutes(options),
    ...tagWordRoutes(options),
    ...holdRoutes(options),
    compareCandidateRoute(options),
    replayRoute(options),
    replayPoisonRoute(options),
    ...promotionRoutes(options),
    ...gateVoiceRoutes(options),
    ...tagVoiceRoutes(options),
    askGateRoute(options),
  ];
  return [...routes, openApiRoute(routes, options.version)];
}

async function call(
  routes: readonly Route[],
  request: HttpRequest,
  { records }: Pick<ApiOptions, 'records'>,
): Promise<HttpAnswer> {
  if (request.path === '/metrics') return metrics(records);
  const { method, path, query, body, signal } = request;
  const found = findRoute(routes, method, path);
  switch (found.kind) {
    case 'found':
      return found.route.handle({ path: found.path, query, body, signal });
    case 'unreadable':
      return badParameters([{ name: 'path', message: 'expected percent-encoding of UTF-8' }]);
    case 'other method':
      return notAllowed(request, found.allow);
    case 'nothing':
      return problem(404, `Cannot find "${path}": there is no such page; /api/v1/openapi.json lists the API`);
  }
}

function file(asset: { type: string; body: Uint8Array; etag: string }, request: HttpRequest): HttpAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed(request, ['GET', 'HEAD']);
  const { type, body, etag } = asset;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return { status: 200, headers: { etag, 'content-type': type }, body };
}

function notAllowed({ method, path }: HttpRequest, allow: readonly string[]): HttpAnswer {
  const allowed = allow.join(', ');
  return problem(405, `Cannot ${method} "${path}": it takes ${allowed}`, { allow: allowed });
}

function wants({ method }: HttpRequest): 'read' | 'change' {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'change';
}

function refusal(
  { headers, path }: HttpRequest,
  wants: 'shell' | 'read' | 'change',
  { token, signatures, loopback, hostName, log }: ApiOptions,
): HttpAnswer | undefined {
  const presented = bearerOf(headers['authorization']);
  const held = presented === undefined ? 'absent' : signatures.isSecret(presented, token) ? 'right' : 'wrong';
  const { host, origin } = headers;
  const verdict = judgeAccess({ host, origin, wants, token: held }, { loopback, hostName });
  if (verdict.kind === 'allowed') return undefined;
  const { status, reason } = verdict;
  log.warn('Request refused', { path, status, reason });
  return problem(status, reason, status === 401 ? { 'www-authenticate': 'Bearer' } : {});
}

/** What was presented; of another scheme, nothing that fits. https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}
