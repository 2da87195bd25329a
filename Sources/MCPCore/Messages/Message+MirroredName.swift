extension Message {
    /// The member of `params` that the header `Mcp-Name` repeats, for the methods that have one
    /// ([2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#standard-request-headers);
    /// for tasks, [SEP-2663](https://modelcontextprotocol.io/seps/2663-tasks-extension)).
    package var mirroredName: ByteRange? {
        switch method {
        case .toolsCall, .promptsGet: envelope.name
        case .resourcesRead: envelope.uri
        case .tasksGet, .tasksUpdate, .tasksCancel: envelope.taskID
        default: nil
        }
    }
}
