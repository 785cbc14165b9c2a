import test from 'ava';
import { targetContract } from '../contracts/target.ts';
import { openDockerPlace, removeBuiltImages } from '../helpers/docker-place.ts';

targetContract(test.serial, 'the docker target', openDockerPlace);

test.after.always(removeBuiltImages);
