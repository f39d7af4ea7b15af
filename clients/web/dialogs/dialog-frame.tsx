// The frame of a dialog: over everything, closed by Escape or a click beside it.
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon } from '../components/icons.tsx';

interface Props {
  title: string;
  close(): void;
  /** Asks for a decision. */
  alert?: boolean;
  children: ReactNode;
}

export function DialogFrame({ title, close, alert, children }: Props) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={open => !open && close()}>
      <Modal className="modal">
        <Dialog className="dialog" role={alert ? 'alertdialog' : 'dialog'}>
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <button type="button" className="tool" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** What went wrong, where one can see it. */
export function DialogError({ error }: { error: string | undefined }) {
  if (!error) return null;
  return (
    <p className="note note-error" role="alert">
      {error}
    </p>
  );
}
