// Whether this browser is one of those that are told.
import { useState } from 'react';
import { useStore } from '../hooks/use-store.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';

const words = {
  on: 'This browser is told.',
  off: 'This browser is not told.',
  denied: 'This browser is told to show no notifications here. You can allow them beside the address.',
} as const;

export function PushHere() {
  const { pushDevice } = useWorkspace();
  const state = useStore(pushDevice);
  const [error, setError] = useState<string>();
  if (state === 'unknown' || state === 'unsupported') return null;

  const turn = async () => {
    setError(undefined);
    try {
      await (state === 'on' ? pushDevice.off() : pushDevice.on());
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <div className="push-here">
      <span className="hint" role="status">
        {error ?? words[state]}
      </span>
      {state !== 'denied' && (
        <button type="button" className="button small" onClick={() => void turn()}>
          {state === 'on' ? 'Turn off here' : 'Notify me on this device'}
        </button>
      )}
    </div>
  );
}
