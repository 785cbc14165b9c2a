import test from 'ava';
import { targetContract } from '../contracts/target.ts';
import { openDockerPlace } from '../helpers/docker-place.ts';

targetContract(test.serial, 'the docker target', openDockerPlace);
