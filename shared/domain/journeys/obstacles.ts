import type { Hold, RolledBack } from '../documents/tag.ts';
import { shortSha } from '../names/commit-sha.ts';
import { shortDigest } from '../names/digest.ts';
import { isGreen, type ServiceFacts } from './service-facts.ts';
import { type DocumentName, documentName, type Obstacle } from './steps.ts';

/**
 * What keeps a service from running what it should, the closest first: the service itself, then its tag, then
 * the build of the branch's newest commit. None when it runs the newest commit.
 */
export function findObstacles(facts: ServiceFacts): Obstacle[] {
  return [...ofService(facts), ...ofTag(facts), ...ofHead(facts)];
}

function ofService({ service, tag, lastDeploy }: ServiceFacts): Obstacle[] {
  const { target, service: name, phase, wanted, hold, message, lastError, due: until } = service;
  const document = documentName('services', target, name);
  if (hold !== undefined) return [held(name, hold, document)];
  if (isGreen(service)) {
    // It runs what it was told to, and something newer waits for its hold, window or wave.
    if (message === undefined || tag?.observed?.digest === service.observed?.digest) return [];
    return [{ kind: 'waiting', text: `${name} stays as it is: ${message}`, until, document }];
  }
  const why = message ?? lastError ?? lastDeploy?.message;
  if (phase === 'held') return [{ kind: 'hold', text: why ?? `${name} is held at ${target}`, document }];
  if (phase === 'failed') {
    const text = `The deploy of ${name} failed: ${why ?? 'no reason was given'}`;
    return [{ kind: 'failure', text, since: lastDeploy?.endedAt, until, document }];
  }
  if (phase === 'unknown') {
    const text = `What ${name} runs could not be learned: ${why ?? `${target} did not tell`}`;
    return [{ kind: 'unknown', text, until, document }];
  }
  if (wanted === undefined) return [];
  const detail = why === undefined ? '' : `: ${why}`;
  const text = `${target} was asked for ${shortDigest(wanted.digest)} and is not there yet (${phase})${detail}`;
  return [{ kind: 'waiting', text, since: lastDeploy?.dispatchedAt ?? wanted.at, until, document }];
}

function ofTag({ service, tag, moves, head }: ServiceFacts): Obstacle[] {
  const { image } = service;
  if (tag === undefined) {
    return head === undefined
      ? [{ kind: 'waiting', text: `No image carries ${image}:${service.tag} yet` }]
      : [];
  }
  const name = `${image}:${tag.tag}`;
  const document = documentName('tags', image, tag.tag);
  const obstacles: Obstacle[] = tag.hold === undefined ? [] : [held(name, tag.hold, document)];
  if (tag.rolledBack !== undefined) obstacles.push(takenBack(name, tag.rolledBack, document));
  if (tag.wanted !== undefined && tag.wanted.digest !== tag.observed?.digest) {
    const failed = tag.lastError === undefined ? '' : `: ${tag.lastError}`;
    const text = `${name} is to move to ${shortDigest(tag.wanted.digest)}${failed}`;
    obstacles.push({ kind: 'waiting', text, since: tag.wanted.at, until: tag.due, document });
  }
  for (const candidate of tag.candidates) {
    if (candidate.waits === undefined) continue;
    const text = `${name} to ${shortSha(candidate.commit)} waits: ${candidate.waits}`;
    obstacles.push({ kind: 'waiting', text, until: tag.due, document });
  }
  const refusal = moves.find(({ verdict, to }) => verdict === 'refused' && to.commit === head?.sha);
  if (refusal !== undefined && head?.sha !== service.observed?.commit) {
    const text = `${name} to ${shortSha(head?.sha ?? '')} was refused: ${refusal.reason}`;
    obstacles.push({
      kind: 'refusal',
      text,
      since: refusal.at,
      document: documentName('moves', image, refusal.tag, refusal.sequence),
    });
  }
  return obstacles;
}

function ofHead({ service, head, tag }: ServiceFacts): Obstacle[] {
  if (head === undefined || head.sha === service.observed?.commit || head.sha === tag?.wanted?.commit)
    return [];
  const { image } = service;
  const at = `at the newest commit ${shortSha(head.sha)}`;
  const { build, parentBuild } = head;
  if (build === undefined) return [{ kind: 'waiting', text: `No build of ${image} ${at} is on record yet` }];
  const document = documentName('builds', image, build.commit);
  if (build.status === 'failed') {
    const text = `${image} ${at} failed to build: ${build.lastError ?? 'its log tells why'}`;
    return [{ kind: 'failure', text, since: build.endedAt, document }];
  }
  if (build.status === 'superseded' || build.status === 'cancelled') {
    const why = build.lastError === undefined ? '' : `: ${build.lastError}`;
    const text = `${image} ${at} is not built, it was ${build.status}${why}`;
    return [{ kind: 'failure', text, since: build.endedAt, document }];
  }
  if (build.status === 'succeeded') return [];
  if (parentBuild?.status === 'failed') {
    const text = `${image} ${at} cannot be built: its parent ${parentBuild.image} failed`;
    return [
      {
        kind: 'failure',
        text,
        since: parentBuild.endedAt,
        document: documentName('builds', parentBuild.image, parentBuild.commit),
      },
    ];
  }
  const state = build.status === 'building' ? 'being built' : 'waiting to be built';
  const again = build.attempts === 0 ? '' : ', again, since the last try failed';
  const failed = build.lastError === undefined ? '' : `${again}: ${build.lastError}`;
  const text = `${image} ${at} is ${state}${failed}`;
  return [{ kind: 'waiting', text, since: build.startedAt ?? build.requestedAt, until: build.due, document }];
}

function takenBack(name: string, bad: RolledBack, document: DocumentName): Obstacle {
  const from = bad.commit === undefined ? shortDigest(bad.digest) : shortSha(bad.commit);
  const text = `${bad.by} took ${name} back from ${from}: ${bad.why}; it goes on with something newer, or when it is released`;
  return { kind: 'hold', text, since: bad.at, document };
}

function held(name: string, { by, why, since, until }: Hold, document: DocumentName): Obstacle {
  return { kind: 'hold', text: `${by} holds ${name}: ${why}`, since, until, document };
}
