// Hugging Face's feature extraction on loopback, as its own service and as an endpoint of one's own: vectors in all the shapes that models
// give them, a model that is still loading, and faults.
import { z } from 'zod';
import type { Fault } from '../models/faults.ts';
import { type ModelServer, openModelServer, type Reply } from '../models/server.ts';
import { vectorOf } from '../models/vector.ts';

export interface HuggingFaceSimulator extends ModelServer {
  /** For HF_TOKEN. */
  readonly token: string;
  dimensions: number;
  /** `pooled`: a vector for each text; `tokens`: one for each of its words, as models without pooling give; `wrapped`: in one more list. */
  shape: 'pooled' | 'tokens' | 'wrapped';
}

const request = z.looseObject({ inputs: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]) });
const PATHS = /^\/$|^\/hf-inference\/models\/.+\/pipeline\/feature-extraction$/;

export async function openHuggingFaceSimulator({
  port = 0,
  token = 'hf_simulated',
}: {
  port?: number;
  token?: string;
} = {}): Promise<HuggingFaceSimulator> {
  const problem = (status: number, code?: string): Reply => ({
    status,
    body:
      status === 503
        ? { error: 'Model simulated is currently loading', estimated_time: Number(code ?? 20) }
        : { error: 'Simulated.' },
  });

  function vectors(inputs: readonly string[], fault: Fault | undefined): unknown {
    const count = fault?.kind === 'dimensions' ? fault.count : simulator.dimensions;
    const one = (text: string) => (count === 0 ? [] : vectorOf(text, count));
    if (simulator.shape === 'tokens')
      return inputs.map(text => ['[CLS]', ...text.split(/\s+/).filter(Boolean)].map(one));
    return simulator.shape === 'wrapped' ? [inputs.map(one)] : inputs.map(one);
  }

  const server = await openModelServer({
    port,
    problem,
    answer({ method, path, headers, body }, fault) {
      if (headers.authorization !== `Bearer ${token}`) return problem(401);
      if (method !== 'POST' || !PATHS.test(path)) return problem(404);
      const parsed = request.safeParse(body);
      if (!parsed.success) return problem(422);
      const { inputs } = parsed.data;
      return { status: 200, body: vectors(typeof inputs === 'string' ? [inputs] : inputs, fault) };
    },
  });
  const simulator: HuggingFaceSimulator = Object.assign(server, {
    token,
    dimensions: 384,
    shape: 'pooled' as const,
  });
  return simulator;
}
