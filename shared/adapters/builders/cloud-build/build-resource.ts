import { z } from 'zod';

const Text = z.string().default('');

/** In the order of a build's life. https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#status */
export const STATUSES = [
  'STATUS_UNKNOWN',
  'PENDING',
  'QUEUED',
  'WORKING',
  'SUCCESS',
  'FAILURE',
  'INTERNAL_ERROR',
  'TIMEOUT',
  'CANCELLED',
  'EXPIRED',
] as const;

/** The fields of a Build that are looked at. https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#Build */
export const CloudBuild = z.object({
  id: z.string(),
  status: z.enum(STATUSES).catch('STATUS_UNKNOWN'),
  statusDetail: Text,
  logUrl: Text,
  createTime: Text,
  steps: z
    .array(z.object({ id: Text, name: Text, status: z.enum(STATUSES).catch('STATUS_UNKNOWN').optional() }))
    .default([]),
  results: z
    .object({ images: z.array(z.object({ name: z.string(), digest: z.string().optional() })).default([]) })
    .prefault({}),
  failureInfo: z.object({ type: Text, detail: Text }).optional(),
});
export type CloudBuild = z.infer<typeof CloudBuild>;

export const CloudBuilds = z.object({ builds: z.array(CloudBuild).default([]) });

/** The operation that a new build is: https://cloud.google.com/build/docs/api/reference/rest/Shared.Types/Operation */
export const Begun = z.object({ metadata: z.object({ build: CloudBuild }) });

/** It goes on by itself. */
export function isUnderWay({ status }: CloudBuild): boolean {
  return ['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING'].includes(status);
}
