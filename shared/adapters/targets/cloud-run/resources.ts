import { z } from 'zod';

/**
 * What is read of the resources of the Cloud Run Admin API v2. Templates are kept whole, since they are sent back.
 * https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
 */
const Container = z.looseObject({ name: z.string().optional(), image: z.string() });
export type Container = z.infer<typeof Container>;

const Condition = z.object({
  type: z.string().optional(),
  state: z.string().optional(),
  message: z.string().optional(),
  reason: z.string().optional(),
});

/** Of a kind that says LATEST, or a revision by its short name. */
const Traffic = z.looseObject({
  type: z.string().optional(),
  revision: z.string().optional(),
  percent: z.number().default(0),
  tag: z.string().optional(),
});
export type Traffic = z.infer<typeof Traffic>;

const Labels = z.record(z.string(), z.string()).default({});

export const RunService = z.object({
  /** `projects/PROJECT/locations/REGION/services/NAME` */
  name: z.string(),
  etag: z.string().optional(),
  labels: Labels,
  annotations: Labels,
  reconciling: z.boolean().default(false),
  template: z.looseObject({ containers: z.array(Container).min(1) }),
  traffic: z.array(Traffic).default([]),
  trafficStatuses: z.array(Traffic).default([]),
  latestReadyRevision: z.string().optional(),
  latestCreatedRevision: z.string().optional(),
  terminalCondition: Condition.optional(),
});
export type RunService = z.infer<typeof RunService>;
export const RunServices = z.object({
  services: z.array(RunService).default([]),
  nextPageToken: z.string().optional(),
});

export const Revision = z.object({
  /** `projects/PROJECT/locations/REGION/services/NAME/revisions/REVISION` */
  name: z.string(),
  createTime: z.string().default(''),
  containers: z.array(Container).min(1),
  conditions: z.array(Condition).default([]),
});
export type Revision = z.infer<typeof Revision>;
export const Revisions = z.object({
  revisions: z.array(Revision).default([]),
  nextPageToken: z.string().optional(),
});

/** https://cloud.google.com/run/docs/reference/rest/Shared.Types/ListOperationsResponse#Operation */
export const Operation = z.object({
  name: z.string(),
  done: z.boolean().default(false),
  error: z.object({ code: z.number().default(0), message: z.string().default('') }).optional(),
});
export type Operation = z.infer<typeof Operation>;

export const LATEST = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';
export const REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';

/** The last part of a resource's name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
