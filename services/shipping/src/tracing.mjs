import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isOwnPath } from './web.mjs';

/**
 * The trace context: taken from requests, passed on with every call of the sidecar, kept in logs. Spans go out by OTLP when
 * OTEL_EXPORTER_OTLP_ENDPOINT says where; OpenTelemetry's other variables count as they do everywhere.
 */
export async function createTracing({ appId, env }) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': appId, 'service.namespace': 'tandem' })),
    spanProcessors: env.OTEL_EXPORTER_OTLP_ENDPOINT ? [new BatchSpanProcessor(await exporterOf(env), { scheduledDelayMillis: 1000 })] : [],
  });
  const tracer = provider.getTracer(appId);

  /** Middleware: the handlers of a request run within its span. */
  function serve(request, response, next) {
    if (isOwnPath(request)) {
      next();
      return;
    }

    const caller = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = { 'http.request.method': request.method, 'url.path': request.path };
    const span = tracer.startSpan(`${request.method} ${request.path}`, { kind: SpanKind.SERVER, attributes }, caller);
    response.once('close', () => end(span, response.statusCode, response.statusCode >= 500));
    context.with(trace.setSpan(caller, span), next);
  }

  /** A fetch that passes the trace on. What nothing caused, such as the wait for the sidecar, begins none. */
  const traced = (fetch) => async (url, options) => {
    if (trace.getSpan(context.active()) === undefined) {
      return fetch(url, options);
    }

    const attributes = { 'http.request.method': options.method, 'url.path': new URL(url).pathname };
    const span = tracer.startSpan(options.method, { kind: SpanKind.CLIENT, attributes });
    propagation.inject(trace.setSpan(context.active(), span), options.headers);
    try {
      const response = await fetch(url, options);
      end(span, response.status, response.status >= 400);
      return response;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      span.end();
      throw error;
    }
  };

  /** Does work that was caused then, as `current` gave it: it goes on with that trace, whoever reminded us of it. */
  async function goOn(cause, name, work) {
    if (!cause) {
      return work();
    }

    const caused = propagation.extract(ROOT_CONTEXT, { traceparent: cause });
    const span = tracer.startSpan(name, {}, caused);
    try {
      return await context.with(trace.setSpan(caused, span), work);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      throw error;
    } finally {
      span.end();
    }
  }

  /** The span that is under way as W3C's traceparent, to be stored beside what is to be done later; undefined outside of any. */
  function current() {
    const carrier = {};
    propagation.inject(context.active(), carrier);
    return carrier.traceparent;
  }

  return { serve, traced, goOn, current, stop: () => provider.shutdown() };
}

/** What a log entry says of the trace that it belongs to. */
export function traceFields() {
  const span = trace.getSpanContext(context.active());
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

function end(span, status, failed) {
  span.setAttribute('http.response.status_code', status);
  if (failed) {
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

// gRPC where nothing else is said, as in the other services. Loaded only when it is used.
async function exporterOf(env) {
  const { OTLPTraceExporter } = env.OTEL_EXPORTER_OTLP_PROTOCOL?.startsWith('http')
    ? await import('@opentelemetry/exporter-trace-otlp-proto')
    : await import('@opentelemetry/exporter-trace-otlp-grpc');
  return new OTLPTraceExporter();
}
