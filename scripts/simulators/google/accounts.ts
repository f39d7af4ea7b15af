// The people of the simulated Google, what is in their calendars and drives, and what each access token may do.

export interface CalendarEvent {
  readonly id: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly start: { readonly dateTime?: string; readonly date?: string };
  readonly end: { readonly dateTime?: string; readonly date?: string };
  readonly transparency?: 'opaque' | 'transparent';
  readonly attendees?: readonly { readonly self?: boolean; readonly responseStatus: string }[];
}

export interface DriveFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly iconLink: string;
  readonly webViewLink: string;
}

export interface Account {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  /** Whether Google has verified the address. */
  readonly verified: boolean;
  /** The Workspace domain of the account; consumer accounts have none. */
  readonly hd?: string;
  readonly events: Map<string, { event: CalendarEvent; version: number }>;
  readonly files: Map<string, DriveFile>;
}

export interface AccessToken {
  /** Undefined: a service account as itself. */
  readonly account: Account | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export function makeAccount(email: string, given: Partial<Account> = {}): Account {
  const [local = email, domain] = email.split('@');
  return {
    sub: given.sub ?? String(BigInt(`0x${Buffer.from(email).toString('hex').padEnd(16, '7').slice(0, 16)}`)),
    email,
    name: given.name ?? local,
    verified: given.verified ?? true,
    ...(domain !== 'gmail.com' && domain && { hd: domain }),
    ...given,
    events: new Map(),
    files: new Map(),
  };
}
