/// Reads `mcpProxy.metrics`.
enum MetricsConversion {
    /// Reads `addr`; nil where it is left out, or cannot be listened on, which is reported.
    static func address(in reader: ObjectReader, _ context: inout ConversionContext) -> ListenAddress? {
        guard reader.node("addr") != nil else { return nil }
        let address = AddressConversion.address(in: reader, &context)
        guard address.socketPath == nil else {
            context.error(
                "metrics are not served on a Unix socket of their own", at: reader.node("addr")?.position,
                reader.path("addr"), write: #"Write a port, such as "addr": "127.0.0.1:9464", or remove the key"#)
            return nil
        }
        return address.isExplicit ? address : nil
    }

    /// Refuses an address of the metrics that is the proxy's own: two cannot listen there.
    static func check(_ settings: ProxySettings, in proxy: ObjectReader, _ context: inout ConversionContext) {
        guard let address = settings.metrics.address, address.overlaps(settings.address) else { return }
        let path = proxy.path("metrics").appending("addr")
        context.error(
            "the proxy itself listens on this address", at: proxy.node("metrics")?["addr"]?.position, path,
            write: "Write another port, or remove the key: /metrics is served beside everything else then")
    }
}
