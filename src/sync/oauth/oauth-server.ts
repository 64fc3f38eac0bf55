/** A program as an authorization server knows it. */
export interface OAuthClient {
  readonly id: string;
  /** Google gives "desktop app" clients one, although whoever has the program has it too. Kept as a credential all the same. */
  readonly secret?: string;
}

/** Where and for what to ask for permission. Constants of the program, never settings: a setting could lead a sign-in astray. */
export interface OAuthServer {
  /** Whom, as messages call it. */
  readonly party: string;
  /** As the server names itself in its answers (RFC 9207). */
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly revocation: string;
  /** Permissions that are asked for, with spaces between. */
  readonly scope: string;
  /** What the server wants besides, so that it gives a refresh token. */
  readonly parameters: Readonly<Record<string, string>>;
}
