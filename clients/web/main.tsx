// Starts the web client: one session, one tree.
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createSession } from './state/session.ts';
import { createKeep } from './state/storage.ts';

const session = createSession(createKeep(() => localStorage));
void session.start();
createRoot(document.getElementById('root')!).render(<App session={session} />);
