import { setTimeout as later } from 'node:timers/promises';
import { Promoted } from '../../functions/api/answers.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import type { ApiClient } from './api-client.ts';
import { exitCodes } from './command.ts';
import { promotionProgress } from './text/promotion-progress.ts';
import { promotionText } from './text/promotion-text.ts';
import { painter } from './text/style.ts';
import { widthOf } from './text/wrap-words.ts';

type Asked = {
  /** Where it is asked for, below `/api/v1/`. */
  readonly path: string;
  readonly wish: object;
  readonly json: boolean | undefined;
  /** Whether to leave it where it waits for its gates. */
  readonly leave?: boolean | undefined;
};

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Asks for a promotion, waits for its end, however long that takes, and says what came of it. While it waits for its
 * gates, goes back, or cannot go on, what has changed is told on standard error.
 */
export async function seePromotion(api: ApiClient, { path, wish, json, leave }: Asked): Promise<number> {
  let { promotion } = await api.post(path, Promoted, wish);
  let told = '';
  for (let pause = FIRST_PAUSE_MS; !isOver(promotion); pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    if (leave && promotion.phase === 'gated' && promotion.claim === undefined) break;
    await later(pause);
    promotion = await api.get(`promotions/${promotion.number}`, Promotion);
    const words = isOver(promotion) ? '' : promotionProgress(promotion);
    if (words !== told && words !== '') process.stderr.write(`${words}\n`);
    told = words;
  }
  const how = { paint: painter(process.stdout), width: widthOf(process.stdout) };
  process.stdout.write(`${json ? JSON.stringify(promotion, null, 2) : promotionText(promotion, how)}\n`);
  // Who undoes what has not moved yet withdraws it: then it is refused, as was wished.
  const isWithdrawn =
    path.endsWith('/undo') && promotion.phase === 'refused' && promotion.undoes === undefined;
  return isWithdrawn ? exitCodes.done : exitCodeOf(promotion);
}

function exitCodeOf({ phase }: Promotion): number {
  if (phase === 'moved' || phase === 'rehearsed' || phase === 'gated') return exitCodes.done;
  return phase === 'incomplete' ? exitCodes.amiss : exitCodes.failed;
}
