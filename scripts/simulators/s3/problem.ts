// How S3 refuses: a status and XML.
import type { Reply } from '../objects/server.ts';
import { xml } from './xml.ts';

export class S3Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  reply(): Reply {
    const { status, code: Code, message: Message } = this;
    // What has no body anyway, such as 304, is told by its status alone.
    if (status === 304) return { status };
    return {
      status,
      headers: { 'content-type': 'application/xml' },
      body: xml('Error', { Code, Message, RequestId: crypto.randomUUID() }),
    };
  }
}
