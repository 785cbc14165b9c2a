import { http } from '@google-cloud/functions-framework';
import { createGates } from '../../shared/wiring/gates.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createWikis } from '../../shared/wiring/wikis.ts';
import { createAnswers } from './answer-questions.ts';
import { createPromote } from './handler.ts';

/** A function runs for nine minutes at most (terraform/functions.tf), and has to record what came of it. */
const LONGEST = '8m';

http(
  'promote',
  servePushes(['registries', 'gates', 'wikis'], workings => {
    const its = { ...workings, ...createGates(workings, { longest: LONGEST }), wiki: createWikis(workings) };
    return { promotions: createPromote(its), gates: createAnswers(its) };
  }),
);
