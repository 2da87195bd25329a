/// Reads `mcpProxy.audit`.
enum AuditConversion {
    /// Reads `file`.
    static func file(in reader: ObjectReader, _ context: inout ConversionContext) -> String? {
        EgressConversion.path("file", in: reader, &context)
    }

    /// Reads the object. One without a file would be no audit, though somebody wants one.
    static func audit(in proxy: ObjectReader, _ context: inout ConversionContext) -> AuditSettings? {
        guard let reader = proxy.object("audit", scope: .audit, &context) else { return nil }
        if reader.node("file").map({ $0.value == .string("") || $0.value == .null }) ?? true {
            context.error(
                "there is no file for the audit", at: reader.position, reader.path("file"),
                write: #"Write "file": "/var/log/mcp-proxy/audit.jsonl", or remove audit"#)
        }
        var settings = AuditSettings()
        AuditKey.all.read(in: reader, into: &settings, &context)
        return settings
    }
}
