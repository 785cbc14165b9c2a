/** Secrets that a service keeps, such as Google's Secret Manager. */
export interface ManagedSecrets {
  /**
   * The text of a secret, not much older than a minute, or why there is none: the end of a sentence that says what
   * to do.
   */
  read(secret: {
    readonly name: string;
    /** A version's number, or `latest`. */
    readonly version: string;
  }): Promise<{ readonly text: string } | { readonly problem: string }>;
}
