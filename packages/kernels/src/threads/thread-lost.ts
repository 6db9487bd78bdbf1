/**
 * A thread ended in the middle of its work, so that what was being computed cannot be completed: an expected failure, to be turned
 * into an issue by whoever asked for the work.
 */
export class ThreadLost extends Error {
  constructor() {
    super('a thread that the host lent ended in the middle of its work')
    this.name = 'ThreadLost'
  }
}
