import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRegistryClient } from '../../../shared/adapters/registry/client.ts';
import { createDockerCredentials } from '../../../shared/adapters/registry/docker-credentials.ts';
import { basesOf } from '../../../shared/adapters/registry/labels.ts';
import { revisionOf } from '../../../shared/adapters/registry/revision.ts';
import { isCommitSha } from '../../../shared/domain/names/commit-sha.ts';
import { buildPlan, onlyThese } from '../build/build-plan.ts';
import { BUILDERS, builderAtHand, containersAtHand } from '../build/builder-at-hand.ts';
import { endJson, endText } from '../build/end-text.ts';
import { openSource } from '../build/local-source.ts';
import { noticesTo } from '../build/notices-to.ts';
import { runOrder } from '../build/run-order.ts';
import { type Command, CommandError, exitCodes, UsageError } from '../command.ts';
import { makePlan, type PlanReport } from '../plan/make-plan.ts';
import { openRepository } from '../plan/repository.ts';
import { FOLDER, PLANNING } from '../plan/tree-options.ts';
import { stopSignal } from '../stop-signal.ts';
import { painter } from '../text/style.ts';

const OPTIONS = {
  ...PLANNING,
  image: { type: 'string', multiple: true },
  'push-to': { type: 'string' },
  insecure: { type: 'string', multiple: true },
  notices: { type: 'string' },
  secret: { type: 'string' },
  builder: { type: 'string' },
  platform: { type: 'string' },
  'at-once': { type: 'string' },
  order: { type: 'string' },
  result: { type: 'string' },
  'unpack-to': { type: 'string' },
} as const;

export const build: Command = {
  name: 'build',
  words: '[--commit C] [--image X] [--push-to PREFIX] [--notices URL]',
  summary:
    'builds, tests and pushes what a commit of this Git repository calls for, parents first, and tells headway of each end',
  options: [
    ['--commit C', 'the commit to build; HEAD by default. What is not committed is not built'],
    ['--image X', 'this image alone, whatever changed; may be given again'],
    ['--full', 'everything, whatever changed'],
    ['--base, --branch', 'and --file, --repo, --parents: as headway plan has them'],
    ['--push-to PREFIX', 'push to PREFIX/NAME, wherever the file says, e.g. 127.0.0.1:5000/try'],
    ['--insecure HOST', 'a registry that speaks plain HTTP; may be given again'],
    ['--notices URL', 'a hook of the kind notices, or projects/PROJECT/topics/TOPIC'],
    ['--secret REF', "where the hook's secret is; env://HEADWAY_NOTICES_SECRET by default"],
    ['--builder WORD', 'auto (docker where an engine answers, else layers), docker or layers'],
    ['--platform P', 'e.g. linux/arm64'],
    ['--at-once N', 'how many images are built side by side; 2 by default'],
    FOLDER,
    ['--order REF', 'instead: one order that headway put into a registry for a builder elsewhere'],
    ['--result FILE', 'where to write what came of the order'],
    ['--unpack-to FOLDER', "only unpack the order's files there, for another tool to build"],
    ['--json', 'what became of each image, as JSON; its output goes to the error stream'],
  ],
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    const parents = oneOf('--parents', values.parents ?? 'rebuild', ['rebuild', 'reuse'] as const);
    const word = oneOf('--builder', values.builder ?? 'auto', BUILDERS);
    const limit = Number(values['at-once'] ?? 2);
    if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--at-once takes a whole number from 1');
    const environment = process.env;
    const { order: reference, result, insecure: plain = [] } = values;
    if (reference !== undefined) {
      const unpackTo = values['unpack-to'];
      const how = { reference, result, unpackTo, builder: word, insecure: plain };
      return await runOrder({ ...how, environment, signal: stopSignal() });
    }
    const secret = values.secret ?? 'env://HEADWAY_NOTICES_SECRET';
    const sender =
      values.notices === undefined ? undefined : await noticesTo(values.notices, { secret, environment });
    const credentials = createDockerCredentials({ environment });
    const registry = createRegistryClient({ credentials, insecure: host => plain.includes(host) });
    const folder = resolve(values.folder ?? '.');
    const pushTo = values['push-to'];
    const repository = await openRepository(folder);
    const bases = basesOf(registry);
    const all = await makePlan(repository, { ...values, parents, registry, bases, pushTo });
    const report = values.image === undefined ? all : chosen(all, values.image);
    const builder = await builderAtHand(word, { store: registry, credentials, environment });
    const stream = values.json ? process.stderr : process.stdout;
    const source = await openSource(folder, commitOf(report));
    try {
      const ends = await buildPlan(
        {
          report,
          source,
          builder,
          containers: () => containersAtHand({ credentials, environment }),
          registry,
          revision: revisionOf(registry),
          isBefore: async (older, newer) => (await repository.mergeBase(older, newer)) === older,
          sender,
          platform: values.platform,
          output: (name, line) => stream.write(`${name} | ${line}\n`),
          signal: stopSignal(),
          now: Date.now,
          newId: randomUUID,
        },
        { limit },
      );
      const text = values.json ? endJson(report, ends) : endText(report, ends, painter(process.stdout));
      process.stdout.write(`${text}\n`);
      const isWhole = ends.every(({ action }) => action === 'built' || action === 'kept');
      return isWhole ? exitCodes.done : exitCodes.failed;
    } finally {
      await source.checkout.remove();
    }
  },
};

function oneOf<Word extends string>(option: string, word: string, words: readonly Word[]): Word {
  const found = words.find(one => one === word);
  if (found === undefined) throw new UsageError(`${option} takes ${words.join(', ')}, not "${word}"`);
  return found;
}

function chosen(report: PlanReport, names: readonly string[]): PlanReport {
  const unknown = names.find(name => !report.images.some(image => image.name === name));
  if (unknown === undefined) return onlyThese(report, names);
  const known = report.images.map(({ name }) => name).join(', ');
  throw new CommandError(`Cannot build image "${unknown}": ${report.file} has ${known}`, exitCodes.failed);
}

function commitOf({ commit }: PlanReport) {
  if (isCommitSha(commit)) return commit;
  throw new CommandError(`Cannot build commit "${commit}": it is no full SHA`, exitCodes.failed);
}
