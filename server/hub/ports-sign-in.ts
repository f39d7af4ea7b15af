// Signing in by the word of a service outside, and giving the hub leave there. The service answers who somebody is; who that is here, the hub decides.
import type { Vendor } from './ports-integrations.ts';

/** Who somebody is, as the service has checked. */
export interface Identity {
  readonly vendor: Vendor;
  /** The vendor's own, for good; e-mail addresses change hands. */
  readonly id: string;
  /** One that the vendor has checked. */
  readonly email: string;
  /** What a name of ours may be. */
  readonly name: string;
}

/** What a browser is sent to the service for. */
export type Wish =
  | { readonly kind: 'enter' }
  /** This user, who is signed in, lets the hub see something of theirs there. */
  | { readonly kind: 'connect'; readonly user: string };

/** Why it did not work; the web client has a sentence for each. */
export type Refusal =
  /** They said no. */
  | 'cancelled'
  /** Too old, begun elsewhere, used already, or changed on the way. */
  | 'stale'
  /** What came back is not to be believed. */
  | 'refused'
  /** Google has not checked the e-mail address. */
  | 'unverified'
  /** Not of the domain that may sign in. */
  | 'domain'
  | 'unavailable';

export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  readonly refusal: Refusal;

  /** @param message for the log, without secrets */
  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

export interface Finished {
  readonly wish: Wish;
  readonly identity: Identity;
  /** What `connect` gave, to be kept sealed; undefined: nothing of use. */
  readonly secret?: string;
}

export interface SignInService {
  /** Where the browser goes, and what it must bring back unchanged within `seconds`. */
  begin(wish: Wish): Promise<{ url: string; keep: string; seconds: number }>;
  /** @throws SignInRefused */
  finish(answer: {
    readonly keep: string | undefined;
    readonly params: Readonly<Record<string, unknown>>;
  }): Promise<Finished>;
}
