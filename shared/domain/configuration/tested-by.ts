import { Name } from './texts.ts';

/** For builders that have nothing to run images with, or not what the tests need. */
export const TestedBy = Name.optional().describe(
  'Who runs the tests of what it builds: docker, the engine of this machine, or a builder of the kind docker, container or kubernetes. ' +
    'When absent, kubernetes does in jobs of its own (tests without folders), layers and command have docker do it, and images of cloud-build can have no tests.',
);
