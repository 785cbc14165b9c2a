import type { DockerfileBases } from '../../domain/tree/dockerfile-bases.ts';
import type { ImageTree } from '../../domain/tree/image-tree.ts';
import { readDockerfile } from './layers/dockerfile.ts';

/** What the text of a Dockerfile says of the images it is built from; nothing is expanded. Never throws. */
export function readDockerfileBases(content: string): DockerfileBases {
  const { instructions } = readDockerfile(content);
  const firstFrom = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  const args = instructions
    .slice(0, Math.max(0, firstFrom))
    .filter(({ keyword }) => keyword === 'ARG')
    .flatMap(({ text }) => text.split(/\s+/).filter(word => word !== ''))
    .map(word => {
      const [name = '', ...value] = word.split('=');
      return { name, value: value.length === 0 ? undefined : unquoted(value.join('=')) };
    });
  const froms = instructions
    .filter(({ keyword }) => keyword === 'FROM')
    .map(({ text, line }) => {
      const [image = '', , stage] = text.split(/\s+/);
      return { text: unquoted(image), stage, line };
    });
  return { args, froms };
}

/** The same for every image of a tree whose Dockerfile is among the texts, by the image's name. */
export function readAllBases(
  images: ImageTree,
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, DockerfileBases> {
  return new Map(
    images.flatMap(({ name, dockerfile }) => {
      const text = texts.get(dockerfile);
      return text === undefined ? [] : [[name, readDockerfileBases(text)] as const];
    }),
  );
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
