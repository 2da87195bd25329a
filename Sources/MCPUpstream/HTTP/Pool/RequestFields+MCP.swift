/// The header fields that every request of a link has, made once per link.
extension RequestFields {
    static func forPost(
        to url: UpstreamURL,
        accept: String?,
        configured: [(name: String, value: String)]
    ) -> RequestFields {
        var fields = RequestFields(origin: url.origin)
        if let accept { fields.set("Accept", accept) }
        fields.set("Accept-Encoding", "identity")
        fields.set("Content-Type", "application/json")
        fields.set("User-Agent", "mcp-proxy")
        fields.add(configured: configured)
        return fields
    }

    static func forStream(at url: UpstreamURL, configured: [(name: String, value: String)]) -> RequestFields {
        var fields = RequestFields(origin: url.origin)
        fields.set("Accept", "text/event-stream")
        fields.set("Accept-Encoding", "identity")
        fields.set("User-Agent", "mcp-proxy")
        fields.add(configured: configured)
        return fields
    }
}
