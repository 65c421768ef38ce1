/** A host that takes everything and answers nothing. */
import { type HostType, Responder } from './host-type.js';

class Sink extends Responder {
  receive = (): void => undefined;
}

export const SINK: HostType = {
  describe: 'takes packets and answers nothing',
  parameters: {},
  make: () => new Sink(),
};
