import type { OAuthServer } from './oauth-server.ts';

/**
 * Google, for files that this program has made itself: `drive.file` sees nothing else of a user's Drive. Addresses as in
 * “OAuth 2.0 for mobile and desktop apps” and in https://accounts.google.com/.well-known/openid-configuration.
 */
export const GOOGLE: OAuthServer = {
  party: 'Google’s sign-in',
  issuer: 'https://accounts.google.com',
  authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  revocation: 'https://oauth2.googleapis.com/revoke',
  scope: 'https://www.googleapis.com/auth/drive.file',
  // Without them, whoever has given the permission before gets no refresh token.
  parameters: { access_type: 'offline', prompt: 'consent' },
};
