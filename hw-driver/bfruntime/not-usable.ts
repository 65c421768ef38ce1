/** A switch that answers, but not as one that this driver can use; the message is for the user. */
export class NotUsable extends Error {
  override readonly name = 'NotUsable';
}
