// How Elasticsearch answers: a body with a status, and errors in its own shape.

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** What a request did wrong, in Elasticsearch's words. */
export class ElasticProblem extends Error {
  readonly status: number;
  readonly type: string;
  readonly more: object;

  constructor(status: number, type: string, reason: string, more: object = {}) {
    super(reason);
    this.status = status;
    this.type = type;
    this.more = more;
  }

  /** As it stands in an item of a bulk answer. */
  override get cause(): { type: string; reason: string } {
    return { type: this.type, reason: this.message, ...this.more };
  }

  get answer(): Answer {
    const { cause, status } = this;
    return { status, body: { error: { root_cause: [cause], ...cause }, status } };
  }
}

export const noSuchIndex = (index: string) =>
  new ElasticProblem(404, 'index_not_found_exception', `no such index [${index}]`, {
    index,
    'resource.type': 'index_or_alias',
    'resource.id': index,
  });

export const badRequest = (type: string, reason: string) => new ElasticProblem(400, type, reason);
