import { z } from 'zod';
import { Some } from './texts.ts';

const NO_GKE_CLUSTER = 'expected projects/PROJECT/locations/LOCATION/clusters/CLUSTER';

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters/get */
const GkeCluster = z
  .string(NO_GKE_CLUSTER)
  .regex(/^projects\/[a-z][\w.:-]*\/locations\/[a-z][\w-]*\/clusters\/[a-z][\w-]*$/, NO_GKE_CLUSTER);

/** How a cluster of Kubernetes is reached. */
export const cluster = {
  kubeconfig: Some.optional().describe(
    "Its path; KUBECONFIG, ~/.kube/config or the pod's own account when absent.",
  ),
  context: Some.optional().describe('Which context of the kubeconfig; its current one when absent.'),
  gke: GkeCluster.optional().describe(
    'projects/PROJECT/locations/LOCATION/clusters/CLUSTER: reached with the Google account headway runs as, instead of a kubeconfig.',
  ),
};
