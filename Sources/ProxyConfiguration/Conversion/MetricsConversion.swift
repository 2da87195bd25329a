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
}
