import { setTimeout as later } from 'node:timers/promises';
import { Promoted } from '../../functions/api/answers.ts';
import { Promotion } from '../../shared/domain/documents/promotion.ts';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import { type Asking, apiFor, show } from './asking.ts';
import { exitCodes } from './command.ts';
import { promotionProgress } from './text/promotion-progress.ts';
import { promotionText } from './text/promotion-text.ts';

type Asked = {
  /** Where it is asked for, below `/api/v1/`. */
  readonly path: string;
  readonly wish: object;
  /** Whether to leave it where it waits for its gates. */
  readonly leave?: boolean | undefined;
};

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Asks for a promotion, waits for its end, however long that takes, and says what came of it. While it waits for its
 * gates, goes back, or cannot go on, what has changed is told on standard error.
 */
export async function seePromotion(values: Asking, { path, wish, leave }: Asked): Promise<number> {
  const api = apiFor(values);
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
  const done = show(values, promotion, looks => promotionText(promotion, looks));
  // Who undoes what has not moved yet withdraws it: then it is refused, as was wished.
  const isWithdrawn =
    path.endsWith('/undo') && promotion.phase === 'refused' && promotion.undoes === undefined;
  return isWithdrawn ? done : exitCodeOf(promotion);
}

function exitCodeOf({ phase }: Promotion): number {
  if (phase === 'moved' || phase === 'rehearsed' || phase === 'gated') return exitCodes.done;
  return phase === 'incomplete' ? exitCodes.amiss : exitCodes.failed;
}
