/** Where the parts of the sample are on this machine. */
export type Sample = {
  readonly configuration: string;
  /** The bare repository that people push to. */
  readonly shop: string;
  /** The bare repository of manifests, which headway writes. */
  readonly manifests: string;
  /** Where the sample's developers work. */
  readonly work: string;
  /** The secret of the `builds` hook. */
  readonly secrets: { readonly github: string; readonly builds: string };
};
