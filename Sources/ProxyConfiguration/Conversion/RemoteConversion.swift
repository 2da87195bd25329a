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
        guard let node = reader.node("timeout"),
            let parsed = reader.duration("timeout", usual: .seconds(30), &context)
        else { return nil }
        guard let number = parsed.bareNumber, parsed.hasForgottenUnit else {
            let time = reader.duration(
                "timeout", in: .zero...(.seconds(24 * 60 * 60)), usual: .seconds(30), &context)
            return time == .zero ? nil : time
        }
        let duration = DurationText.plausible(number)
        context.warn(
            "\(number) without a unit is seconds in some programs and milliseconds in others; it is taken for "
                + DurationText.format(duration), at: node.position, reader.path("timeout"),
            write: DurationText.readings(of: number))
        return duration
    }
}

/// Reads `headers`.
enum HeaderConversion {
    /// Headers that belong to the connection or the message and are set by whoever sends it.
    private static let ownHeaders: Set<String> = [
        "connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// The headers in the order written; what cannot be sent is reported.
    static func headers(in reader: ObjectReader, _ context: inout ConversionContext) -> [HeaderField] {
        var fields: [HeaderField] = []
        var seen: Set<String> = []
        for (member, path) in reader.members("headers", &context) {
            guard let value = ObjectReader.looseText(member.value, path, &context) else { continue }
            if let field = field(member, value, path, &seen, &context) { fields.append(field) }
        }
        return fields
    }

    private static func field(
        _ member: ConfigurationNode.Member, _ value: String, _ path: ConfigurationPath, _ seen: inout Set<String>,
        _ context: inout ConversionContext
    ) -> HeaderField? {
        guard HTTPText.isToken(member.name) else {
            context.error(
                "this is not the name of a header", at: member.position, path,
                write: "Use letters, digits and -, such as \"X-API-Key\"")
            return nil
        }
        guard HTTPText.isFieldValue(value) else {
            context.error(
                "the value holds a line break or another control character", at: member.value.position, path,
                write: "Remove it; variables read from files often end with a line break")
            return nil
        }
        let lowered = member.name.lowercased()
        if ownHeaders.contains(lowered) {
            context.warn(
                "the header has no effect, because the proxy sets it itself", at: member.position, path,
                write: "Remove it")
            return nil
        }
        guard seen.insert(lowered).inserted else {
            // Two names that differ in case only; with the Go program chance decides between them.
            context.error(
                "the header is given twice in different case", at: member.position, path, write: "Keep one of the two")
            return nil
        }
        Placeholder.check(value, at: member.value.position, path, &context)
        return HeaderField(name: member.name, value: Secret(value.trimmingSpaces))
    }
}

/// Reads the keys that say how a remote server is reached through a network that is not plain.
enum EgressConversion {
    /// The keys. They are the operator's: another proxy or another trust would be a way around what guards servers that
    /// were added over the API.
    static let keys = ["proxy", "trustedCAFile", "clientCertificateFile", "insecureSkipVerify"]

    /// Reads them. What has no effect on the server is reported.
    static func egress(
        in reader: ObjectReader, for transport: ServerTransport?, _ context: inout ConversionContext
    ) -> ServerEgress {
        var egress = ServerEgress()
        guard case .http(let url, _, _, _)? = transport else { return egress }
        egress.proxy = proxy(in: reader, to: url, &context)
        egress.trustedCAFile = file(in: reader, &context)
        egress.clientCertificateFile = path("clientCertificateFile", in: reader, &context)
        egress.skipsVerification = reader.boolean("insecureSkipVerify", &context) ?? false
        if url.origin.scheme == .http {
            for key in keys.dropFirst() {
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
        path("trustedCAFile", in: reader, &context)
    }

    /// Reads the name of a file.
    static func path(_ key: String, in reader: ObjectReader, _ context: inout ConversionContext) -> String? {
        guard let text = reader.nonEmptyText(key, &context), let node = reader.node(key) else { return nil }
        guard !node.holdsFile else {
            context.error(
                "what a file says cannot be the name of a file: names are shown", at: node.position, reader.path(key),
                write: "Name the file itself, without ${file:…}")
            return nil
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            context.error(
                "the text holds a line break or another control character", at: node.position, reader.path(key),
                write: "Name one file")
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

/// The blank that the examples of the documentation leave for a credential.
enum Placeholder {
    static let text = "<YOUR_TOKEN>"

    /// Warns if the blank was not filled in.
    static func check(
        _ value: String, at position: SourcePosition?, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard value.range(ofFirst: text) != nil else { return }
        context.warn(
            "the \(text) of the documentation was not filled in", at: position, path, write: "Write your credential")
    }
}
