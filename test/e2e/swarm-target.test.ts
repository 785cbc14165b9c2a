import test from 'ava';
import { targetContract } from '../contracts/target.ts';
import { removeBuiltImages } from '../helpers/docker-place.ts';
import { openSwarmPlace, untilSettled } from '../helpers/swarm-place.ts';

targetContract(test.serial, 'the swarm target', async t => {
  const place = await openSwarmPlace(t);
  if (place !== undefined) await untilSettled(place);
  return place;
});

test.after.always(removeBuiltImages);
