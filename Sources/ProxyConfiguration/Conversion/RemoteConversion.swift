import Addresses

/// Reads the keys of a remote server.
enum RemoteConversion {
    /// Reads the keys; an address that cannot be used is reported.
    static func http(
        url: String, in reader: ObjectReader, _ declared: DeclaredTransport?, _ context: inout ConversionContext
    ) -> ServerTransport? {
        for key in ["args", "env", "cwd"] {
            guard let node = reader.node(key), !(context.isStrict && node.isEmpty) else { continue }
            context.reportWithoutEffect(
                "the key has no effect on a server with url", at: node.position, reader.path(key), write: "Remove it")
        }
        let position = reader.node("url")?.position
        let address = address(url, at: position, reader.path("url"), &context)
        Placeholder.check(url, at: position, reader.path("url"), &context)
        let kind: HTTPTransportKind =
            switch declared?.kind {
            case .sse: .sse
            case .streamableHTTP: .streamableHTTP
            case .stdio, nil: .detect
            }
        let headers = HeaderConversion.headers(in: reader, &context)
        let timeout = timeout(in: reader, &context)
        return address.map { .http(url: $0, headers: headers, timeout: timeout, kind: kind) }
    }

    private static func address(
        _ text: String, at position: SourcePosition?, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> HTTPURL? {
        do throws(HTTPURLError) {
            return try HTTPURL(text)
        } catch {
            context.error(error.problem, at: position, path, write: error.remedy)
            return nil
        }
    }

    /// The timeout of a remote server; 0 means none, as in the Go program.
    private static func timeout(in reader: ObjectReader, _ context: inout ConversionContext) -> Duration? {
        guard let node = reader.node("timeout"), let parsed = reader.duration("timeout", &context) else { return nil }
        guard parsed.duration >= .zero, parsed.duration <= .seconds(24 * 60 * 60) else {
            context.error(
                "the duration must be from 0s to 24h", at: node.position, reader.path("timeout"), write: #"Write "30s""#
            )
            return nil
        }
        guard parsed.duration > .zero else { return nil }
        guard let number = parsed.bareNumber, parsed.hasForgottenUnit else { return parsed.duration }
        let duration = DurationText.plausible(number)
        context.warn(
            "\(number) without a unit is seconds in some programs and milliseconds in others; it is taken for "
                + DurationText.format(duration), at: node.position, reader.path("timeout"),
            write: DurationText.readings(of: number))
        return duration
    }
}
