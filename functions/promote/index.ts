import { http } from '@google-cloud/functions-framework';
import { GIVEN_UP_AFTER } from '../../shared/domain/configuration/cloud-limits.ts';
import { createGates } from '../../shared/wiring/gates.ts';
import { servePushes } from '../../shared/wiring/serve-pushes.ts';
import { createWikis } from '../../shared/wiring/wikis.ts';
import { createAnswers } from './answer-questions.ts';
import { createPromote } from './handler.ts';

http(
  'promote',
  servePushes(['registries', 'gates', 'wikis'], workings => {
    const its = {
      ...workings,
      ...createGates(workings, { longest: GIVEN_UP_AFTER }),
      wiki: createWikis(workings),
    };
    return { promotions: createPromote(its), gates: createAnswers(its) };
  }),
);
