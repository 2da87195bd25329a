/// Reads `mcpProxy.tls`.
enum ListenerTLSConversion {
    /// Reads the object; nil if there is none, or it cannot be used, which is reported.
    static func tls(in proxy: ObjectReader, _ context: inout ConversionContext) -> ListenerTLSSettings? {
        guard let reader = proxy.object("tls", scope: .tls, &context) else { return nil }
        let certificate = EgressConversion.path("certificateFile", in: reader, &context)
        let key = EgressConversion.path("keyFile", in: reader, &context)
        let authorities = EgressConversion.path("clientCAFile", in: reader, &context)
        guard let certificate else {
            if reader.node("certificateFile").map({ $0.value == .string("") || $0.value == .null }) ?? true {
                context.error(
                    "there is no certificate to show to clients", at: reader.position, reader.path("certificateFile"),
                    write: #"Write "certificateFile": "/path/to/tls.crt", and the file of its key as keyFile"#)
            }
            return nil
        }
        return ListenerTLSSettings(certificateFile: certificate, keyFile: key, clientCAFile: authorities)
    }

    /// Looks at what `tls` means for the address and the public one.
    static func check(_ settings: ProxySettings, in proxy: ObjectReader, _ context: inout ConversionContext) {
        guard settings.tls != nil else { return }
        if settings.address.socketPath != nil {
            context.error(
                "there is no TLS on a Unix socket: only programs of this machine reach it, and none asks for it",
                at: proxy.node("tls")?.position, proxy.path("tls"),
                write: "Remove tls, or listen on a port, such as \"addr\": \":9443\"")
        }
        if settings.baseURL.origin?.hasPrefix("http://") == true {
            context.warn(
                "the address begins with http://, and the proxy itself serves https:// (tls)",
                at: proxy.node("baseURL")?.position, proxy.path("baseURL"),
                write: "Write https://, unless something in front of the proxy serves http://")
        }
    }
}
