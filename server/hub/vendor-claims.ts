// What one vendor says of its people, kept under the vendor's ids, and told of whoever is linked to them, now or later.
import type { Claim } from './ports-integrations.ts';

export interface VendorClaims {
  claim(id: string, part: string, claim: Claim | null): void;
  /** Takes back everything. */
  nothing(): void;
  linked(id: string, user: string): void;
  unlinked(id: string): void;
  /** All links there are, as the database has them. */
  links(all: Iterable<readonly [id: string, user: string]>): void;
}

/** @param tell is told of every change to what is claimed of a user, part by part */
export function createVendorClaims(
  tell: (user: string, part: string, claim: Claim | null) => void,
): VendorClaims {
  const claims = new Map<string, Map<string, Claim>>();
  const users = new Map<string, string>();

  const tellAll = (user: string, id: string, standing: boolean) => {
    for (const [part, claim] of claims.get(id) ?? []) tell(user, part, standing ? claim : null);
  };
  const unlinked = (id: string) => {
    const user = users.get(id);
    if (user === undefined) return;
    tellAll(user, id, false);
    users.delete(id);
  };
  const linked = (id: string, user: string) => {
    if (users.get(id) === user) return;
    unlinked(id);
    users.set(id, user);
    tellAll(user, id, true);
  };

  return {
    linked,
    unlinked,
    claim(id, part, claim) {
      const parts = claims.get(id) ?? new Map<string, Claim>();
      if (claim) {
        parts.set(part, claim);
        claims.set(id, parts);
      } else {
        if (!parts.delete(part)) return;
        if (parts.size === 0) claims.delete(id);
      }
      const user = users.get(id);
      if (user !== undefined) tell(user, part, claim);
    },
    nothing() {
      for (const [id, user] of users) tellAll(user, id, false);
      claims.clear();
    },
    links(all) {
      const now = new Map(all);
      // What is gone first: a user may have been linked anew, to another id.
      for (const [id, user] of users) if (now.get(id) !== user) unlinked(id);
      for (const [id, user] of now) linked(id, user);
    },
  };
}
