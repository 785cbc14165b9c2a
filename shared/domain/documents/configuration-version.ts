import { z } from 'zod';
import { Instant } from './waiting.ts';

const Version = z.int().min(1);

/** One text that was put in force, kept for good, so that one can go back to it. It holds references to secrets only. */
export const ConfigurationVersion = z.object({
  /** Counts from 1; every change is a new one. */
  version: Version,
  text: z.string(),
  by: z.string().min(1),
  at: Instant,
  /** The version that it brought back. */
  restores: Version.optional(),
});
export type ConfigurationVersion = z.infer<typeof ConfigurationVersion>;

/** Which version is in force. There is one such document. */
export const CurrentConfiguration = z.object({ version: Version, by: z.string().min(1), at: Instant });
export type CurrentConfiguration = z.infer<typeof CurrentConfiguration>;

/** Which version the documents of tags and services were made of last. There is one such document. */
export const AdoptedConfiguration = z.object({ version: Version, at: Instant });
export type AdoptedConfiguration = z.infer<typeof AdoptedConfiguration>;
