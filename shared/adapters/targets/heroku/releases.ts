import type { Observation } from '../../../ports/target.ts';
import type { Dyno, Release } from './platform-api.ts';

/** A release that said what a process runs. */
export type ImageRelease = {
  readonly version: number;
  readonly status: string;
  /** The first digits of the image's id; absent where the release that it goes back to is too long ago. */
  readonly image: string | undefined;
  /** The version that a person went back to. */
  readonly rollback?: number;
};
export type Process = { readonly app: string; readonly process: string };

/** `APP/PROCESS`; the process is `web` where none is named. */
export function parseWorkload(workload: string): Process {
  const [app = '', process = 'web'] = workload.split('/', 2);
  return { app, process };
}

/**
 * The releases that changed which image the process runs, newest first: `Deployed web (142013fe2b5c)` and
 * `Rollback to v12`, as Heroku describes them; all others (config vars, add-ons) keep the image.
 */
export function imageReleases(releases: readonly Release[], process: string): ImageRelease[] {
  return releases.flatMap((release): ImageRelease[] => {
    const { version, status } = release;
    const to = rollbackOf(release);
    if (to !== undefined)
      return [{ version, status, image: imageAt(releases, { version: to, process }), rollback: to }];
    const image = imageOf(release, process);
    return image === undefined ? [] : [{ version, status, image }];
  });
}

/** What Heroku says about the release that was asked for last; nothing when it is through. */
export function judgeRelease({ app, process }: Process, asked: ImageRelease): Observation | undefined {
  const name = `release v${asked.version} of "${app}"`;
  if (asked.rollback !== undefined) {
    const reason = `a person rolled "${app}" back to v${asked.rollback} (v${asked.version}); release an image of "${process}" by hand, and it goes on`;
    return { state: 'held', reason };
  }
  if (asked.status === 'pending') return { state: 'updating', reason: `${name} is being made` };
  if (asked.status === 'succeeded') return undefined;
  return {
    state: 'failed',
    reason: `${name} ${asked.status}: see the output of its release command at Heroku`,
  };
}

/** Whether the dynos of the process all run what was released, as far as it runs at all; nothing when they do. */
export function judgeDynos(
  { app, process }: Process,
  { dynos, release }: { readonly dynos: readonly Dyno[]; readonly release: number },
): Observation | undefined {
  for (const dyno of dynos.filter(({ type }) => type === process)) {
    const name = `dyno ${dyno.name} of "${app}"`;
    if ((dyno.release?.version ?? release) < release)
      return { state: 'updating', reason: `${name} is an older one` };
    if (dyno.state === 'starting') return { state: 'updating', reason: `${name} is starting` };
    if (dyno.state === 'crashed' || dyno.state === 'down') {
      return { state: 'unhealthy', reason: `${name} is ${dyno.state}; see its log at Heroku` };
    }
  }
  return undefined;
}

function imageAt(
  releases: readonly Release[],
  { version, process }: { readonly version: number; readonly process: string },
): string | undefined {
  const before = releases.filter(one => one.version <= version && one.status === 'succeeded');
  for (const release of before) {
    const to = rollbackOf(release);
    if (to !== undefined && to < release.version) return imageAt(releases, { version: to, process });
    const image = imageOf(release, process);
    if (image !== undefined) return image;
  }
  return undefined;
}

function rollbackOf({ description }: Release): number | undefined {
  const version = /^Rollback to v(\d+)/.exec(description ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}

function imageOf({ description }: Release, process: string): string | undefined {
  if (!/^Deployed /.test(description ?? '')) return undefined;
  const images = (description ?? '').matchAll(/([\w-]+) \((?:sha256:)?([0-9a-f]{12,64})\)/g);
  return [...images].find(([, type]) => type === process)?.[2]?.slice(0, 12);
}
