import { z } from 'zod';
import { Commit } from '../../shared/domain/documents/commit.ts';
import { GateResult } from '../../shared/domain/documents/gate.ts';
import { Move } from '../../shared/domain/documents/move.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { QueuePause } from '../../shared/domain/documents/queue-pause.ts';
import { Phase, Service } from '../../shared/domain/documents/service.ts';
import { Tag } from '../../shared/domain/documents/tag.ts';
import { Instant } from '../../shared/domain/documents/waiting.ts';
import { DocumentName, Obstacle, Step } from '../../shared/domain/journeys/steps.ts';
import { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { Package } from '../../shared/domain/packages/package.ts';
import { RESULT_FOLDERS } from '../../shared/domain/results/result-names.ts';
import { BuildSummary, DeliverySummary } from './documents.ts';

/** The answers that are more than one document; the page and the command line are typed by them. */

export const RepoStatus = z.object({
  repo: z.string(),
  branch: z.string(),
  /** Absent until the first push. */
  head: Commit.optional(),
  updatedAt: Instant.optional(),
  /** Of the head. */
  builds: z.array(BuildSummary),
});
export type RepoStatus = z.infer<typeof RepoStatus>;

export const ImageStatus = z.object({
  image: z.string(),
  repository: z.string(),
  parent: z.string().optional(),
  repo: z.string().optional(),
});
export type ImageStatus = z.infer<typeof ImageStatus>;

export const HookStatus = z.object({ name: z.string(), kind: z.string(), path: z.string() });

/** How many documents wait for something, counted up to 100. */
export const Waiting = z.object({
  deliveries: z.int(),
  builds: z.int(),
  tags: z.int(),
  services: z.int(),
  poison: z.int(),
});

export const Status = z.object({
  version: z.string(),
  at: Instant,
  repos: z.array(RepoStatus),
  /** Parents before children. */
  images: z.array(ImageStatus),
  tags: z.array(Tag),
  services: z.array(Service),
  hooks: z.array(HookStatus),
  waiting: Waiting,
  /** The latest entries of the ledger that did not move a tag, newest first, at most 10. */
  refusals: z.array(Move),
});
export type Status = z.infer<typeof Status>;

/** A commit with its builds; those of the images' tree order come as they are found. */
export const MatrixRow = z.object({ commit: Commit, builds: z.array(BuildSummary) });
export type MatrixRow = z.infer<typeof MatrixRow>;
export const Matrix = z.object({ items: z.array(MatrixRow), next: z.string().optional() });
export type Matrix = z.infer<typeof Matrix>;

export const Timeline = z.object({
  commit: Commit,
  items: z.array(Step.extend({ at: Instant })),
});
export type Timeline = z.infer<typeof Timeline>;

export const Why = z.object({
  target: z.string(),
  service: z.string(),
  image: z.string(),
  tag: z.string(),
  phase: Phase,
  /** Observed running what it should. */
  green: z.boolean(),
  summary: z.string(),
  wanted: Service.shape.wanted,
  observed: Service.shape.observed,
  /** From what runs (or should) back to the commit. */
  chain: z.array(Step),
  /** What keeps it from what it should run, the closest first. */
  obstacles: z.array(Obstacle),
});
export type Why = z.infer<typeof Why>;

export const Replayed = z.object({ delivery: DeliverySummary });
export type Replayed = z.infer<typeof Replayed>;

export const Promoted = z.object({ promotion: Promotion });

/** What a gate asks people of a commit, image by image, with what they have said so far. */
export const Voiced = z.object({ results: z.array(GateResult) });

export { Report, Survey } from '../../shared/domain/documents/survey.ts';

/** A commit as far as it is on record. */
export const CommitLine = z.object({
  sha: CommitSha,
  author: z.string().optional(),
  subject: z.string().optional(),
  committedAt: Instant.optional(),
});
export type CommitLine = z.infer<typeof CommitLine>;

/** A commit that waits for a person beside the one that the tag is on. */
export const TagComparison = z.object({
  image: z.string(),
  tag: z.string(),
  repo: z.string(),
  /** Why it waits, once it was judged. */
  waits: z.string().optional(),
  candidate: CommitLine,
  /** Absent where the tag stands on no commit that is known. */
  standing: CommitLine.optional(),
  /** What the candidate is, seen from the standing. */
  relation: z.enum(['same', 'newer', 'older', 'diverged', 'unknown']).optional(),
  distance: z.int().min(0).optional(),
  /** The subjects of the commits that only one of them has, newest first; absent where that is not known. */
  onlyStanding: z.array(z.string()).optional(),
  onlyCandidate: z.array(z.string()).optional(),
});
export type TagComparison = z.infer<typeof TagComparison>;

/** One server-sent event's data. */
export const Changes = z.object({
  changes: z.array(DocumentName),
  /** More changed than is listed: read everything again. */
  more: z.boolean(),
});
export type Changes = z.infer<typeof Changes>;

export const BuildFiles = z.object({
  items: z.array(z.object({ folder: z.enum(RESULT_FOLDERS), name: z.string() })),
});
export type BuildFiles = z.infer<typeof BuildFiles>;
/** What a file holds. */
export const FileText = z.string();
export const BuildPackages = z.object({
  image: z.string(),
  commit: CommitSha,
  /** In the order of managers and names. */
  packages: z.array(Package),
});
export type BuildPackages = z.infer<typeof BuildPackages>;

/** The queue of builds: what is under way, then what waits, in the order in which it will go. */
export const Queue = z.object({
  at: Instant,
  /** A person's word that nothing is begun. */
  paused: QueuePause.shape.paused,
  items: z.array(
    BuildSummary.extend({
      /** Why it is not under way: `text` is the end of the sentence "it waits …". */
      waits: z
        .object({
          kind: z.enum(['parent', 'image', 'quiet', 'pause', 'failure', 'turn']),
          text: z.string(),
          until: Instant.optional(),
        })
        .optional(),
    }),
  ),
  /** What waits beside these; absent where nothing does. */
  more: z
    .object({
      waiting: z.int().min(0),
      /** There may be others: not all were counted. */
      atLeast: z.boolean(),
    })
    .optional(),
});
export type Queue = z.infer<typeof Queue>;
export { QueuePause };

export const CommitPath = z.strictObject({ repo: z.string().min(1), sha: CommitSha });
