// A service outside, as small as can be: it says nothing by itself, and hands its court to the test.
import type { Adapter, Court, Integration, Vendor, VendorState } from '../hub/ports-integrations.ts';

export interface TestVendor extends Integration {
  /** The court of the adapter that runs now; undefined while none does. */
  readonly court: Court | undefined;
  state: VendorState;
}

export function createTestVendor(vendor: Vendor): TestVendor {
  let court: Court | undefined;
  return {
    vendor,
    state: { state: 'ready' },
    get court() {
      return court;
    },
    start(opened): Adapter {
      court = opened;
      return {
        state: () => this.state,
        async [Symbol.asyncDispose]() {
          if (court === opened) court = undefined;
        },
      };
    },
  };
}
