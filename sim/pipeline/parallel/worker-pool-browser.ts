/** Stands for the pool of threads in a page, which runs its packets on one thread. */
export class Piscina {
  constructor() {
    throw new Error('packets run on one thread in a page');
  }
}
