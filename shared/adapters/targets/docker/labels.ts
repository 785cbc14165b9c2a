/** How headway knows its own containers and networks: whatever lacks these was put there by a person. */
export const LABELS = {
  service: 'dev.headway.service',
  target: 'dev.headway.target',
  digest: 'dev.headway.digest',
  commit: 'dev.headway.commit',
  /** A hash over everything the container was made with, so that a repeat is known as one. */
  configuration: 'dev.headway.configuration',
} as const;

export type Labels = Readonly<Record<string, string>>;
