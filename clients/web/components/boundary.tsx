// Keeps a failure inside its own corner of the page.
import { Component, type ReactNode } from 'react';

interface Props {
  fallback(error: Error): ReactNode;
  children: ReactNode;
}

export class Boundary extends Component<Props, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    return this.state.error ? this.props.fallback(this.state.error) : this.props.children;
  }
}
