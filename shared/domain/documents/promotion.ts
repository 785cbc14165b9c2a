import { z } from 'zod';
import { Digest } from '../names/digest.ts';
import { GateStanding, Skip, Voice } from './gate.ts';
import { ShownPages } from './shown-pages.ts';
import { Instant, waiting } from './waiting.ts';

/**
 * `waiting`: nothing done yet. `missing`: the source is not there. `would move`: what a dry run found. `unchanged`:
 * the target was right before. `left`: it is neither at the source nor as before, or nobody can tell, and the message says why.
 */
export const PromotedState = z.enum([
  'waiting',
  'missing',
  'would move',
  'unchanged',
  'moved',
  'as before',
  'left',
]);
export type PromotedState = z.infer<typeof PromotedState>;

/** What became of one image's tag. */
export const PromotedImage = z.object({
  image: z.string(),
  /** Where it was pushed when the promotion was asked for. */
  repository: z.string(),
  /** What the target is to name: absent until the sources were read, and where an undo takes the tag away. */
  digest: Digest.optional(),
  /** What the target named before anything moved; absent where there was no such tag. */
  before: Digest.optional(),
  /** What the target named when it was seen last; absent where there was no such tag. */
  after: Digest.optional(),
  /** For an undo: what the target must still name, absent where it must not be there. */
  expects: Digest.optional(),
  state: PromotedState,
  /** Why it is in this state, as a sentence, where that is not plain. */
  message: z.string().optional(),
});
export type PromotedImage = z.infer<typeof PromotedImage>;

/**
 * `asked`, `gated` (waiting for its gates), `moving` and `going back` are on the way. `moved`: every target is where it should be. `reverted`: a move
 * failed, and every target is as before. `incomplete`: some images were left, each says why. `rehearsed`: a dry run.
 */
export const PromotionPhase = z.enum([
  'asked',
  'gated',
  'moving',
  'going back',
  'moved',
  'reverted',
  'incomplete',
  'rehearsed',
  'refused',
]);
export type PromotionPhase = z.infer<typeof PromotionPhase>;

/** The wish of a person that a tag of several images moves to where another tag is, all of them or none. */
export const Promotion = z.object({
  /** Counts up from 1. */
  number: z.int().min(1),
  by: z.string(),
  at: Instant,
  from: z.string(),
  to: z.string(),
  dryRun: z.boolean(),
  /** Whether it goes past what holds its targets, by the word of who asked. */
  pastHold: z.boolean().optional(),
  /** The promotion whose targets go back to what they named before it. */
  undoes: z.int().min(1).optional(),
  /** Why a person takes the target back to a digest that they, or its past, name. */
  takesBack: z.string().optional(),
  phase: PromotionPhase,
  /** Why it was refused, or went back, as a sentence. */
  reason: z.string().optional(),
  images: z.array(PromotedImage),
  /** Once its sources were read: what must pass before anything moves, image by image. */
  gates: z.array(GateStanding).optional(),
  voices: z.array(Voice.extend({ gate: z.string() })).optional(),
  /** The gates that need not pass, by the word of who asked for it. */
  skips: z.array(Skip).optional(),
  endedAt: Instant.optional(),
  /** Once it has ended, where something changed or would have. */
  pages: ShownPages.optional(),
  ...waiting,
});
export type Promotion = z.infer<typeof Promotion>;

/** How many promotions there were, and which of them have a tag to themselves until they end. */
export const PromotionRegister = z.object({
  last: z.int().min(0),
  underWay: z.array(z.object({ tag: z.string(), number: z.int().min(1) })),
});
export type PromotionRegister = z.infer<typeof PromotionRegister>;
