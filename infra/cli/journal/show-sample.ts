import type { Host } from '../../local/host.ts';
import { deliverMissed } from '../../local/sample/deliver-missed.ts';
import type { Sample } from '../../local/sample/sample.ts';
import { tellStory } from '../../local/sample/tell-story.ts';
import { waitForQuiet } from './wait-for-quiet.ts';

type Showing = {
  readonly sample: Sample;
  /** Whether the story was not told to its end before. */
  readonly fresh: boolean;
  readonly host: Host;
  readonly line: (text: string) => void;
  readonly stop: AbortSignal;
};

/** Tells the sample's story and says what to do next; ends early, between two pushes, when told to stop. */
export async function showSample({ sample, fresh, host, line, stop }: Showing): Promise<void> {
  if (!fresh) line('the sample was delivered before; going on from its state');
  const missed = await deliverMissed(sample, host.records);
  if (missed) line('what was pushed while nothing served here was delivered now');
  if (fresh) await tellStory(sample, stop);
  if (fresh || missed) await waitForQuiet(host.records, stop);
  if (stop.aborted) return;
  line('');
  line(`The page:    ${host.url}/`);
  line('As text:     npx headway status, npx headway why web');
  line('Your turn:   change web/index.html in a clone and push:');
  line(`             git clone ${sample.shop} shop`);
  line('Your own:    write a headway.yaml here (README.md tells how); Ctrl-C stops');
}
