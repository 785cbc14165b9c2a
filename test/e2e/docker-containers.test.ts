import test from 'ava';
import { containersContract } from '../contracts/containers.ts';
import { openDockerContainers } from '../helpers/docker-containers.ts';

containersContract(test, 'docker', openDockerContainers);
