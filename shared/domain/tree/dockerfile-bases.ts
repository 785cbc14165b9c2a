import { parseImageReference, repositoryName } from '../names/image-reference.ts';

/** What a Dockerfile says of the images it is built from. */
export type DockerfileBases = {
  /** The arguments before the first FROM, with their defaults. https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact */
  readonly args: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly froms: readonly {
    /** As it is written, variables and all: `ghcr.io/acme/base:${BASE_TAG}`. */
    readonly text: string;
    /** The name that later lines know the stage by. */
    readonly stage: string | undefined;
    /** From 1. */
    readonly line: number;
  }[];
};

/** An image that a Dockerfile stands on, as far as its variables are known. */
export type Base = {
  readonly line: number;
  readonly text: string;
  /** `registry/repository`; nothing where only the build will tell. */
  readonly repository: string | undefined;
  /** The argument that the parent's reference is given by decides what it is. */
  readonly isGiven: boolean;
  /** Tag or digest are written out: whatever else is built, this is what it stands on. */
  readonly isPinned: boolean;
};

type Known = { readonly args: Readonly<Record<string, string>>; readonly parentArg: string };

/** Cannot be in a Dockerfile that Docker reads, nor in a name. */
const UNKNOWN = '\0';

/** The images that the stages of a Dockerfile stand on; neither its own earlier stages nor `scratch`. */
export function basesOf({ args, froms }: DockerfileBases, { args: given, parentArg }: Known): Base[] {
  const values = new Map<string, string>();
  for (const { name, value } of args) {
    if (name === parentArg) continue;
    const known = given[name] ?? (value === undefined ? undefined : expand(value, values));
    if (known !== undefined) values.set(name, known);
  }
  const stages = new Set<string>();
  return froms.flatMap(({ text, stage, line }) => {
    const image = expand(text, values);
    const isOther = image !== 'scratch' && !stages.has(image.toLowerCase());
    if (stage !== undefined) stages.add(stage.toLowerCase());
    if (!isOther) return [];
    const [name = ''] = image.split(/:[^/]*$|@/);
    const reference = name.includes(UNKNOWN) ? undefined : parseImageReference(name);
    return [
      {
        line,
        text,
        repository: reference === undefined ? undefined : repositoryName(reference),
        isGiven: name.includes(UNKNOWN) && namesVariable(text, parentArg),
        isPinned: !text.includes('$') && /@|:[^/]+$/.test(text),
      },
    ];
  });
}

/** https://docs.docker.com/reference/dockerfile/#environment-replacement */
function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
    (_, plain?: string, braced?: string, word?: string, other = '') => {
      const name = plain ?? braced ?? '';
      const value = values.get(name);
      if (word?.endsWith('+')) return value === undefined ? UNKNOWN : other;
      if (word?.endsWith('-')) return value || (values.has(name) && word === '-' ? '' : other);
      return value ?? UNKNOWN;
    },
  );
}

function namesVariable(text: string, name: string): boolean {
  return [...text.matchAll(/\$\{?(\w+)/g)].some(([, found]) => found === name);
}
