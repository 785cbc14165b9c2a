import { z } from 'zod';

export const PackageManager = z.enum(['apt', 'conda', 'npm', 'pip', 'r']);
export type PackageManager = z.infer<typeof PackageManager>;

/** A package that is installed in an image. */
export const Package = z.object({ manager: PackageManager, name: z.string(), version: z.string() });
export type Package = z.infer<typeof Package>;

/** What is kept of an image's packages. */
export const PackageList = z.object({ packages: z.array(Package) });
export type PackageList = z.infer<typeof PackageList>;
