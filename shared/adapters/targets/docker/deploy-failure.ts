/** This digest cannot run here as it is. The message is the reason, for people. */
export class DeployFailure extends Error {
  override name = 'DeployFailure';
}
