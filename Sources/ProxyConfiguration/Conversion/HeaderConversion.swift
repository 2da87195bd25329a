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
