import type { Version } from '../documents/service.ts';
import { shortSha } from '../names/commit-sha.ts';
import { shortDigest } from '../names/digest.ts';
import { commitSteps } from './commit-timeline.ts';
import { findObstacles } from './obstacles.ts';
import { explainedVersion, isGreen, type ServiceFacts } from './service-facts.ts';
import { documentName, type Obstacle, type Step } from './steps.ts';

export type Explanation = {
  /** Observed running what it should. */
  readonly green: boolean;
  readonly summary: string;
  readonly chain: readonly Step[];
  readonly obstacles: readonly Obstacle[];
};

/** Why a service runs what it runs, from there back to the commit, and what keeps it from what it should run. */
export function explainService(facts: ServiceFacts): Explanation {
  const obstacles = findObstacles(facts);
  return {
    green: isGreen(facts.service),
    summary: summary(facts, obstacles),
    chain: [...runningStep(facts), ...deployStep(facts), ...moveStep(facts), ...originSteps(facts)],
    obstacles,
  };
}

function summary({ service, commit }: ServiceFacts, obstacles: readonly Obstacle[]): string {
  const { observed, wanted } = service;
  const because = obstacles[0] === undefined ? '' : `: ${obstacles[0].text}`;
  if (observed === undefined) {
    const then = wanted === undefined ? '' : `; it should run ${named(wanted)}`;
    return `${service.service} was not observed running${then}${because}`;
  }
  const subject = commit?.subject === undefined ? '' : ` (${commit.subject})`;
  if (observed.digest === wanted?.digest) {
    return `${service.service} runs ${named(observed)}${subject}, as it should${because}`;
  }
  const should = wanted === undefined ? '' : ` and should run ${named(wanted)}`;
  return `${service.service} runs ${named(observed)}${subject}${should}${because}`;
}

function named({ digest, commit }: Version): string {
  return commit === undefined ? shortDigest(digest) : `${shortDigest(digest)} of commit ${shortSha(commit)}`;
}

function runningStep({ service }: ServiceFacts): Step[] {
  const { target, service: name, observed, wanted } = service;
  const step = { kind: 'running', by: target, document: documentName('services', target, name) } as const;
  if (observed !== undefined) {
    const text = `${name} observed running ${shortDigest(observed.digest)}`;
    return [{ ...step, at: observed.at, state: 'running', text }];
  }
  if (wanted === undefined) return [{ ...step, state: 'waiting', text: `${name} has nothing to run yet` }];
  return [
    { ...step, state: 'waiting', text: `${name} was not observed running ${shortDigest(wanted.digest)}` },
  ];
}

function deployStep({ deploy }: ServiceFacts): Step[] {
  if (deploy === undefined) return [];
  const { target, service, sequence, phase, dispatchedAt } = deploy;
  const document = documentName('deploys', target, service, sequence);
  const ends = phase === 'running' ? 'running' : phase;
  const state = phase === 'failed' ? 'failed' : 'done';
  const text = `Deploy ${sequence} of ${service} dispatched, now ${ends}`;
  return [{ kind: 'deploy', at: dispatchedAt, by: 'headway', state, text, document }];
}

function moveStep({ service, moves, tag }: ServiceFacts): Step[] {
  const version = explainedVersion(service);
  const move = moves.find(({ verdict, to }) => verdict === 'moved' && to.digest === version?.digest);
  if (move === undefined) return [];
  const { image, at, reason, sequence } = move;
  const document = documentName('moves', image, move.tag, sequence);
  const by = tag !== undefined && tag.follows === undefined ? 'registry' : 'headway';
  return [
    { kind: 'move', at, by, state: 'done', image, text: `${image}:${move.tag} moved: ${reason}`, document },
  ];
}

/** Build, notice, delivery and commit. A link that is not on record is said so rather than left out. */
function originSteps({ service, build, delivery, commit }: ServiceFacts): Step[] {
  const version = explainedVersion(service);
  if (version === undefined) return [];
  const steps: Step[] = [];
  if (build === undefined) {
    const text = `No build of ${service.image} with digest ${shortDigest(version.digest)} is on record`;
    steps.push({ kind: 'build', state: 'waiting', image: service.image, text });
  } else {
    const { image, builder: by, endedAt, startedAt } = build;
    const document = documentName('builds', image, build.commit);
    if (build.noticedAt !== undefined) {
      const text = `Notice of ${image} settled: ${build.status}`;
      steps.push({ kind: 'notice', at: build.noticedAt, by, state: 'done', image, text, document });
    }
    const text = `${image} built at commit ${shortSha(build.commit)}`;
    steps.push({ kind: 'build', at: endedAt ?? startedAt, by, state: 'done', image, text, document });
  }
  if (delivery !== undefined) {
    const { source, id, event, receivedAt: at } = delivery;
    const document = documentName('deliveries', source, id);
    steps.push({
      kind: 'push',
      at,
      by: source,
      state: 'done',
      text: `Delivery of ${event} received`,
      document,
    });
  }
  return commit === undefined ? steps : [...steps, ...commitSteps(commit)];
}
