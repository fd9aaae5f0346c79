/** Counters in Prometheus' text format. */
export function createMetrics() {
  const counters = new Map();
  const counter = (name, help) => {
    counters.set(name, { help, value: 0 });
    return () => { counters.get(name).value++; };
  };

  return {
    shipped: counter('tandem_shipping_shipped_total', 'Shipments handed over.'),
    delivered: counter('tandem_shipping_delivered_total', 'Shipments delivered.'),
    recalled: counter('tandem_shipping_recalled_total', 'Shipments called back because their order was cancelled.'),
    failed: counter('tandem_shipping_event_failures_total', 'Deliveries of events that failed and were asked for again.'),
    text() {
      const lines = [];
      for (const [name, { help, value }] of counters) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`, `${name} ${value}`);
      }
      const memory = process.memoryUsage().rss;
      lines.push('# HELP process_resident_memory_bytes Resident memory.', '# TYPE process_resident_memory_bytes gauge', `process_resident_memory_bytes ${memory}`);
      return `${lines.join('\n')}\n`;
    },
  };
}
