import Addresses

/// Reads the keys that say how a remote server is reached through a network that is not plain.
enum EgressConversion {
    /// The keys. They are the operator's: another proxy or another trust would be a way around what guards servers that
    /// were added over the API.
    static let keys = ["proxy", "trustedCAFile", "insecureSkipVerify"]

    /// Reads them. What has no effect on the server is reported.
    static func egress(
        in reader: ObjectReader, for transport: ServerTransport?, _ context: inout ConversionContext
    ) -> ServerEgress {
        var egress = ServerEgress()
        guard case .http(let url, _, _, _)? = transport else { return egress }
        egress.proxy = proxy(in: reader, to: url, &context)
        egress.trustedCAFile = file(in: reader, &context)
        egress.skipsVerification = reader.boolean("insecureSkipVerify", &context) ?? false
        if url.origin.scheme == .http {
            for key in ["trustedCAFile", "insecureSkipVerify"] {
                guard let node = reader.node(key), node.value != .bool(false) else { continue }
                context.reportWithoutEffect(
                    "the key has no effect on a server with http://, which has no certificate", at: node.position,
                    reader.path(key), write: "Remove it, or write https://")
            }
        } else if egress.skipsVerification {
            context.warn(
                "the server's certificate is not verified: whoever is between can read and change everything, the "
                    + "headers with credentials included", at: reader.node("insecureSkipVerify")?.position,
                reader.path("insecureSkipVerify"),
                write: "Name the file with its authority's certificate in trustedCAFile instead")
        }
        return egress
    }

    /// Reads `trustedCAFile`, here and under `mcpProxy`.
    static func file(in reader: ObjectReader, _ context: inout ConversionContext) -> String? {
        guard let text = reader.nonEmptyText("trustedCAFile", &context) else { return nil }
        guard !text.unicodeScalars.contains("\0") else {
            context.error(
                "the text holds a NUL", at: reader.node("trustedCAFile")?.position, reader.path("trustedCAFile"),
                write: "Remove it")
            return nil
        }
        return text
    }

    private static func proxy(
        in reader: ObjectReader, to url: HTTPURL, _ context: inout ConversionContext
    ) -> ServerEgress.Proxy {
        guard let text = reader.nonEmptyText("proxy", &context) else { return .ofEnvironment }
        let position = reader.node("proxy")?.position
        if text.lowercased() == "none" { return .none }
        do {
            let proxy = try ForwardProxy(text)
            if url.origin.host.isThisMachine {
                context.reportWithoutEffect(
                    "the key has no effect, because what is on this machine is never asked through a proxy",
                    at: position, reader.path("proxy"), write: "Remove it")
            }
            return .one(proxy)
        } catch {
            context.error(
                error.problem, at: position, reader.path("proxy"),
                write: "\(error.remedy), or \"none\" for no proxy")
            return .ofEnvironment
        }
    }
}
