import test from 'ava';
import { containersContract } from '../contracts/containers.ts';
import { openKubernetesContainers } from '../helpers/kubernetes-containers.ts';

containersContract(test, 'kubernetes', t =>
  openKubernetesContainers(t, t.title.includes('graphics') ? { startWithin: 3_000 } : {}),
);
