// The number both sides name in the handshake; a hub refuses a client that names another.
export const PROTOCOL = 1;

/** `iss` and `aud` of the hub's own access tokens. */
export const TOKEN_ISSUER = 'first-court';
