import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const CALL_SECONDS = 'caseledger_grpc_call_seconds';

/** How often the event loop's delay is sampled; the default of 10 ms alone takes a process at rest 2 % of a core. */
const LAG_EVERY_MS = 200;

/** The metrics of one process, with those of Node itself; labels are names of things, never of people or companies. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_EVERY_MS });
  return registry;
}

/** Counts and times of gRPC calls by method and status; services of one process share the metric. */
export function observeCalls(registry: Registry): (path: string, code: number, ms: number) => void {
  const calls = callSeconds(registry);
  return (path, code, ms) => calls.observe({ method: path.slice(1), code: String(code) }, ms / 1000);
}

function callSeconds(registry: Registry): Histogram<'method' | 'code'> {
  const known = registry.getSingleMetric(CALL_SECONDS);
  if (known instanceof Histogram) return known;
  return new Histogram({
    name: CALL_SECONDS,
    help: 'Duration of gRPC calls, in seconds',
    labelNames: ['method', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
}
