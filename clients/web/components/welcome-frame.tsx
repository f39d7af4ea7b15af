// The page that stands where a room would, with the way to the room list on narrow screens.
import type { ReactNode } from 'react';
import { Icon, Mark } from './icons.tsx';

export function WelcomeFrame({ openDrawer, children }: { openDrawer(): void; children: ReactNode }) {
  return (
    <main className="welcome" data-region>
      <button
        type="button"
        className="tool only-narrow welcome-menu"
        aria-label="Open the room list"
        onClick={openDrawer}
      >
        <Icon name="menu" />
      </button>
      <Mark />
      {children}
    </main>
  );
}
