import Addresses

/// Reads the addresses of the proxy itself.
enum AddressConversion {
    /// Reads `baseURL`.
    static func baseURL(in reader: ObjectReader, _ context: inout ConversionContext) -> BaseURL {
        guard let text = reader.nonEmptyText("baseURL", &context) else { return BaseURL() }
        let position = reader.node("baseURL")?.position
        let path = reader.path("baseURL")
        if text.hasPrefix("/"), !text.hasPrefix("//") {
            context.warn(
                "the address is a path only, so the proxy does not know its public name", at: position, path,
                write: #"Write an address such as "https://mcp.example.com/prefix""#)
            return BaseURL(
                text: text, pathPrefix: prefix(text.prefix { $0 != "?" && $0 != "#" }, position, path, &context))
        }
        do {
            let address = try HTTPURL(String(text.prefix { $0 != "#" }))
            if text.contains("#") || address.path != address.target {
                context.warn("the part after ? or # has no effect", at: position, path, write: "Remove it")
            }
            return BaseURL(
                text: text, pathPrefix: prefix(address.path[...], position, path, &context),
                origin: address.origin.description)
        } catch {
            let suggestion = error.code == .credentials ? "Remove them; clients send their own" : error.remedy
            context.error(error.problem, at: position, path, write: suggestion)
            return BaseURL(text: text)
        }
    }

    private static func prefix(
        _ text: Substring, _ position: SourcePosition?, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String {
        let parts = text.split(separator: "/")
        if parts.contains(".") || parts.contains("..") || text.contains("%") || text.contains(where: \.isWhitespace)
            || String(text).hasControlCharacter
        {
            context.error(
                "the path of the address has . or .. for a part, or a %, a space or a control character", at: position,
                path,
                write: "Use letters, digits, - and _")
        }
        return parts.map { "/\($0)" }.joined()
    }

    /// Reads `addr`.
    static func address(in reader: ObjectReader, _ context: inout ConversionContext) -> ListenAddress {
        guard let text = reader.nonEmptyText("addr", &context) else { return ListenAddress() }
        if text.lowercased().hasPrefix(SocketPathConversion.scheme) {
            return SocketPathConversion.address(text, in: reader, &context)
        }
        guard let parts = HostAndPort(text), let port = parts.port, parts.host.first != "[" || parts.host.utf8.count > 2
        else {
            context.error(
                "\(reader.node("addr").flatMap(ConversionContext.quotedAddress) ?? "this") is not an address to listen on"
                    + (namesNoPort(text) ? "; a port is a number from 0 to 65535" : ""),
                at: reader.node("addr")?.position, reader.path("addr"),
                write: isPath(text)
                    ? SocketPathConversion.suggestion(for: text, reader.node("addr")) : suggestion(for: text))
            return ListenAddress()
        }
        let host = parts.host.first == "[" ? String(parts.host.dropFirst().dropLast()) : parts.host
        return ListenAddress(host: host.isEmpty ? nil : host, port: port, isExplicit: true)
    }

    private static func namesNoPort(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        let port = text[text.index(after: colon)...]
        return !port.isEmpty && HostAndPort.port(port) == nil
    }

    /// Whether it is probably the path of a Unix socket, without the word that says so.
    private static func isPath(_ text: String) -> Bool {
        ["/", "./", "../", "~"].contains(where: text.hasPrefix) || text.hasSuffix(".sock") || text.hasSuffix(".socket")
    }

    private static func suggestion(for text: String) -> String {
        let usual = #"Write ":9090" for all interfaces, or "127.0.0.1:9090" for this machine only"#
        if HostAndPort.port(text[...]) != nil {
            return #"Write ":\#(text)", or "127.0.0.1:\#(text)" for this machine only"#
        }
        if text.first != "[", text.split(separator: ":", omittingEmptySubsequences: false).count > 2,
            !text.contains("/")
        {
            return #"Write an IPv6 address in brackets, such as "[::1]:9090""#
        }
        return usual
    }

    /// Reads `allowedHosts`.
    static func hosts(in reader: ObjectReader, _ context: inout ConversionContext) -> [String] {
        (reader.texts("allowedHosts", &context) ?? []).enumerated().compactMap { index, entry in
            if let parts = HostAndPort(entry.text), !parts.host.isEmpty { return entry.text.lowercased() }
            context.error(
                "\(ConversionContext.quotedAddress(entry.node) ?? "this") is not the name of a host; wildcards are not supported",
                at: entry.node.position,
                reader.path("allowedHosts").appending(index: index),
                write: #"Write "mcp.example.com" or "mcp.example.com:8443""#)
            return nil
        }
    }

    /// Reads `allowedOrigins`.
    static func origins(in reader: ObjectReader, _ context: inout ConversionContext) -> [String] {
        (reader.texts("allowedOrigins", &context) ?? []).enumerated().compactMap { index, entry in
            if let origin = origin(entry.text) { return origin }
            context.error(
                "\(ConversionContext.quotedAddress(entry.node) ?? "this") is not an origin; wildcards and \"null\" are not supported",
                at: entry.node.position,
                reader.path("allowedOrigins").appending(index: index),
                write: #"Write "https://app.example.com", without a path"#)
            return nil
        }
    }

    /// The origin as browsers send it. Schemes of browser extensions and editors are origins too.
    private static func origin(_ text: String) -> String? {
        guard let schemeEnd = text.range(ofFirst: "://") else { return nil }
        let scheme = text[..<schemeEnd.lowerBound].lowercased()
        var rest = text[schemeEnd.upperBound...]
        if rest.last == "/" { rest = rest.dropLast() }
        guard HTTPText.isScheme(scheme), let parts = HostAndPort(String(rest)), !parts.host.isEmpty else { return nil }
        if scheme == "http" || scheme == "https" {
            // The error says only that it is no origin, which is what is reported.
            return (try? HTTPURL("\(scheme)://\(rest)"))?.origin.description
        }
        return "\(scheme)://\(rest.lowercased())"
    }
}
