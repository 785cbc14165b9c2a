import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRegistryClient } from '../../../shared/adapters/registry/client.ts';
import { createDockerCredentials } from '../../../shared/adapters/registry/docker-credentials.ts';
import { basesOf } from '../../../shared/adapters/registry/labels.ts';
import { type Command, exitCodes, UsageError } from '../command.ts';
import { makePlan } from '../plan/make-plan.ts';
import { planJson, planText } from '../plan/plan-text.ts';
import { openRepository } from '../plan/repository.ts';
import { FOLDER, PLANNING, TREE_OPTIONS } from '../plan/tree-options.ts';
import { painter } from '../text/style.ts';

/** For a person who waits: what does not answer in this time is unknown. */
const ANSWER = 5_000;

export const plan: Command = {
  name: 'plan',
  words: '[--commit C] [--base B] [--offline] [--json]',
  summary: 'which images a commit of this Git repository would build, and why; nothing is built',
  options: [
    ['--commit C', 'the commit to plan for; HEAD by default'],
    ['--base B', 'what was built last; by default where the branch left the default branch'],
    ['--branch NAME', 'the branch whose tag is meant; the one that is checked out by default'],
    ...TREE_OPTIONS,
    ['--parents reuse', 'take missing images from the default branch instead of building them'],
    ['--full', 'everything, whatever changed'],
    ['--offline', 'do not ask registries what is missing'],
    FOLDER,
    ['--json', 'the plan as JSON'],
  ],
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: { ...PLANNING, offline: { type: 'boolean' } },
    });
    const { parents } = values;
    if (parents !== undefined && parents !== 'rebuild' && parents !== 'reuse') {
      throw new UsageError(`--parents takes rebuild or reuse, not "${parents}"`);
    }
    const repository = await openRepository(resolve(values.folder ?? '.'));
    const report = await makePlan(repository, {
      ...values,
      parents,
      ...(!values.offline && registryOfThisUser()),
    });
    const text = values.json
      ? JSON.stringify(planJson(report), null, 2)
      : planText(report, painter(process.stdout));
    process.stdout.write(`${text}\n`);
    return exitCodes.done;
  },
};

/** With the logins that `docker login` left. */
function registryOfThisUser() {
  const credentials = createDockerCredentials({ environment: process.env });
  const registry = createRegistryClient({ credentials, timeouts: { answer: ANSWER } });
  return { registry, bases: basesOf(registry) };
}
