import type { GateConfiguration } from './gates.ts';
import type { Configuration, TargetConfiguration } from './schema.ts';
import { isSecretReference, type SecretReference } from './secret-reference.ts';

export type SecretPlace = {
  readonly path: readonly (string | number)[];
  readonly reference: SecretReference;
};

/** Every secret that a configuration refers to, and where it does. A Git URL such as file:///srv/git is none. */
export function secretPlaces(configuration: Configuration): SecretPlace[] {
  const { repos, registries, images, builders, gates, wikis, targets, services, hooks } = configuration;
  return [
    ...each(repos, 'repos', ({ credentials, token, app }) => [
      [['credentials', 'password'], credentials?.password],
      [['token'], token],
      [['app', 'privateKey'], app?.privateKey],
    ]),
    ...each(registries, 'registries', ({ password }) => [[['password'], password]]),
    ...each(images, 'images', ({ secrets }) =>
      Object.entries(secrets).map(([name, reference]) => [['secrets', name], reference] as const),
    ),
    ...each(builders, 'builders', builder =>
      'environment' in builder ? ofEnvironment([], builder.environment) : [],
    ),
    ...each(gates, 'gates', ofGate),
    ...each(wikis, 'wikis', ({ credentials }) => [[['credentials', 'password'], credentials?.password]]),
    ...each(targets, 'targets', ofTarget),
    ...each(services, 'services', ({ environment, companions }) => [
      ...ofEnvironment([], environment),
      ...Object.entries(companions).flatMap(([name, companion]) =>
        ofEnvironment(['companions', name], companion.environment),
      ),
    ]),
    ...each(hooks, 'hooks', ({ secret }) => [[['secret'], secret]]),
  ];
}

type Place = readonly [readonly string[], string | undefined];

function ofTarget(target: TargetConfiguration): readonly Place[] {
  switch (target.kind) {
    case 'git':
      return [
        [['credentials', 'password'], target.credentials?.password],
        [['pullRequest', 'token'], target.pullRequest?.token],
      ];
    case 'swarmpit':
    case 'heroku':
      return [[['token'], target.token]];
    case 'ecs':
      return [
        [['accessKeyId'], target.accessKeyId],
        [['secretAccessKey'], target.secretAccessKey],
      ];
    case 'command':
      return ofEnvironment([], target.environment);
    case 'webhook':
      return [
        [['url'], target.url],
        [['secret'], target.secret],
      ];
    default:
      return [];
  }
}

function ofGate(gate: GateConfiguration): readonly Place[] {
  switch (gate.kind) {
    case 'command':
    case 'docker':
    case 'kubernetes':
      return ofEnvironment([], gate.environment);
    case 'ssh':
      return [
        [['key'], gate.key],
        [['knownHosts'], gate.knownHosts],
      ];
    case 'http':
      return [[['url'], gate.url]];
    default:
      return [];
  }
}

function ofEnvironment(path: readonly string[], environment: Readonly<Record<string, string>>): Place[] {
  return Object.entries(environment).map(([name, value]) => [[...path, 'environment', name], value]);
}

/** Values of an environment, addresses and known hosts may be plain text; everywhere else the schema has let only references through. */
function each<Entry>(
  entries: Readonly<Record<string, Entry>>,
  section: string,
  places: (entry: Entry) => readonly Place[],
): SecretPlace[] {
  return Object.entries(entries).flatMap(([name, entry]) =>
    places(entry).flatMap(([path, reference]) =>
      reference !== undefined && isSecretReference(reference)
        ? [{ path: [section, name, ...path], reference }]
        : [],
    ),
  );
}
