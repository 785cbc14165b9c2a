import type { GateConfiguration } from '../../shared/domain/configuration/gates.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { judgeAge, judgeHealthy, type Watched } from '../../shared/domain/gates/judge-time.ts';
import { type CommitSha, isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { GateAnswer, GateQuestion } from '../../shared/ports/gate.ts';
import { builds, deploys, services } from '../../shared/records/collections.ts';
import { refTo } from '../../shared/records/records.ts';
import type { Promote } from './promote.ts';

type Asking = {
  readonly settings: GateConfiguration;
  readonly gate: string;
  readonly asked: Omit<GateQuestion, 'commit'>;
  /** Since when it is wanted. */
  readonly since: string;
  /** Told of the commit, where it is known. */
  readonly isBuiltFrom: (commit: CommitSha) => void;
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

/** What a gate says: one that time answers is judged by what is on record, and every other is asked. */
export async function answerOf(its: Promote, asking: Asking): Promise<GateAnswer> {
  const { settings, gate, asked, since, output, signal } = asking;
  const { reference, image } = asked;
  const now = its.clock.now();
  if (settings.kind === 'healthy-for') {
    const watched = await watch(its, settings.service);
    return judgeHealthy(settings, { image, digest: reference.digest, since }, { watched, now });
  }
  const build = await buildOf(its, asked);
  if (settings.kind === 'age') {
    const builtAt = build?.endedAt ?? build?.noticedAt ?? (await its.created(reference));
    return judgeAge(settings, builtAt, now);
  }
  const commit = build?.commit ?? (await its.revision(reference));
  const known = commit !== undefined && isCommitSha(commit) ? commit : undefined;
  if (known !== undefined) asking.isBuiltFrom(known);
  const asks = await its.gate(gate);
  if (asks === undefined)
    return { kind: 'blocked', reason: `a gate of kind "${settings.kind}" cannot be asked` };
  return asks.ask({ ...asked, commit: known }, output, signal);
}

async function buildOf(
  { records }: Promote,
  { image, reference }: Asking['asked'],
): Promise<Build | undefined> {
  const where = [
    { field: 'image', is: '==', value: image },
    { field: 'digest', is: '==', value: reference.digest },
  ] as const;
  return (await records.query(builds, { where, limit: 1 }))[0];
}

async function watch({ records }: Promote, name: string): Promise<Watched[]> {
  const where = [{ field: 'service', is: '==', value: name }] as const;
  const found = await records.query(services, { where, limit: 100 });
  return Promise.all(
    found.map(async service => {
      const { target, sequence } = service;
      const deploy = sequence < 1 ? undefined : await records.get(refTo(deploys, target, name, sequence));
      return { service, deploy };
    }),
  );
}
