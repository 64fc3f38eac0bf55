/** An answer that is an error, in the form that Google's APIs give it. */
export class DriveError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  body(): Record<string, unknown> {
    const { status, reason, message } = this;
    return { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } };
  }
}

export function notFound(id: string): DriveError {
  return new DriveError(404, 'notFound', `File not found: ${id}.`);
}
