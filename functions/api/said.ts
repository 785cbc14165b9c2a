import { z } from 'zod';

/** What a person says with every word: who, and why. */
export const by = z.string().min(1).max(200).default('the API').describe('Who says so.');
export const why = z.string().min(1).max(1_000).describe('Why, for whoever looks at it later.');
