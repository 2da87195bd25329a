import Addresses

/// What is written of issuers, wherever they stand.
extension ObjectReader {
    /// A text that has to be there.
    func required(_ key: String, write example: String, _ context: inout ConversionContext) -> String? {
        if let text = nonEmptyText(key, &context) { return text }
        // A value of another kind has been reported.
        switch node(key)?.value {
        case nil, .string:
            context.error(
                "the key is missing", at: node(key)?.position ?? position, path(key),
                write: "Write \"\(key)\": \"\(example)\"")
        default: break
        }
        return nil
    }

    /// An address that may be asked for keys and tokens: over TLS, unless it is on this machine.
    func secureURL(_ key: String, _ context: inout ConversionContext) -> HTTPURL? {
        nonEmptyText(key, &context).flatMap { secureURL(of: $0, key, &context)?.url }
    }

    /// The name of an issuer.
    func issuerName(_ key: String, _ context: inout ConversionContext) -> ExactURL? {
        nonEmptyText(key, &context).flatMap { issuerName(of: $0, key, &context) }
    }

    /// The name of an issuer under a key that was read.
    func issuerName(of text: String, _ key: String, _ context: inout ConversionContext) -> ExactURL? {
        guard let name = secureURL(of: text, key, &context) else { return nil }
        if name.url.target.contains("?") {
            context.error(
                "the name of an issuer has no query", at: node(key)?.position, path(key),
                write: "Write it as its tokens and its metadata have it")
        }
        return name
    }

    private func secureURL(of text: String, _ key: String, _ context: inout ConversionContext) -> ExactURL? {
        let position = node(key)?.position
        do throws(HTTPURLError) {
            let exact = try ExactURL(text)
            guard exact.url.origin.scheme == .https || exact.url.origin.isLoopback else {
                context.error(
                    "whoever is on the way could answer in its place", at: position, path(key),
                    write: "Write an address that begins with https://")
                return nil
            }
            return exact
        } catch {
            context.error(error.problem, at: position, path(key), write: error.remedy)
            return nil
        }
    }

    /// Scopes ([RFC 6749, 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)), each once.
    func scopes(_ key: String, _ context: inout ConversionContext) -> [WrittenScope] {
        var seen: Set<String> = []
        return (texts(key, &context) ?? []).enumerated().compactMap { index, entry in
            let path = path(key).appending(index: index)
            guard ScopeText.isScope(entry.text) else {
                context.error(
                    "\(ConversionContext.quoted(entry.node) ?? "this") is no scope", at: entry.node.position, path,
                    write: "Write each scope by itself, without spaces and quotation marks")
                return nil
            }
            guard seen.insert(entry.text).inserted else { return nil }
            return WrittenScope(text: entry.text, position: entry.node.position, path: path)
        }
    }
}

/// A scope, and where it stands.
struct WrittenScope {
    let text: String
    let position: SourcePosition
    let path: ConfigurationPath
}
