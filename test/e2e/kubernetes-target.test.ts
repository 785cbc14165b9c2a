import test from 'ava';
import { targetContract } from '../contracts/target.ts';
import { removeKubernetesImages } from '../helpers/kubernetes-lab.ts';
import { openKubernetesPlace } from '../helpers/kubernetes-place.ts';

targetContract(test.serial, 'the kubernetes target', openKubernetesPlace);

test.after.always(removeKubernetesImages);
