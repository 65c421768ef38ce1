/** A data plane for which no P4 source can be made; the message says why. */
export class NoP4Source extends Error {
  readonly code = 'no-p4-source';
  constructor(dataPlane: string, reason: string) {
    super(`there is no P4 source for data plane '${dataPlane}': ${reason}`);
    this.name = 'NoP4Source';
  }
}
