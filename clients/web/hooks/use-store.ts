// The current value of a store; renders again when it changes.
import { useSyncExternalStore } from 'react';
import type { Store } from '../state/store.ts';

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.getSnapshot);
