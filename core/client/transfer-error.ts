// What a server says that refuses a file. No HTTP here.

/** The server refused to give or take a file; the message says why in its words. */
export class TransferError extends Error {
  override name = 'TransferError';
  /** The HTTP status: 404 not found, 409 a directory, 423 locked, 507 no space … */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
