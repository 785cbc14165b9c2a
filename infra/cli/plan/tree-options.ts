/** Options of every command that looks at the images of a commit. */
export const TREE = {
  commit: { type: 'string' },
  file: { type: 'string' },
  repo: { type: 'string' },
  folder: { type: 'string' },
} as const;
export const TREE_OPTIONS = [
  ['--file PATH', 'what declares the images: images/spec.yml, spec.yml or headway.yaml by default'],
  ['--repo NAME', 'which repo of a headway.yaml that has several'],
] as const;
export const FOLDER = ['--folder PATH', 'a folder of the repository; this one by default'] as const;

/** And of those that plan what the commit calls for. */
export const PLANNING = {
  ...TREE,
  base: { type: 'string' },
  branch: { type: 'string' },
  parents: { type: 'string' },
  full: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
