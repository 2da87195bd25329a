import MCPCore
import NIOCore

// MARK: - Tools that are found by search

extension Resolver {
    /// Returns what becomes of a call of one of the proxy's own tools.
    ///
    /// - Parameter name: Where the name of the called tool stands.
    static func search(
        _ own: SearchTool, _ request: Message, _ name: ByteRange, _ lists: SeenLists, _ members: [Member]
    ) -> OfferVerdict {
        let arguments = request.params?["arguments"]
        switch own {
        case .find: return .search(.find(arguments))
        case .describe: return .search(.describe(arguments))
        case .call:
            guard let inner = arguments?["name"], let called = inner.string else {
                return .search(.fault("name must be that of a tool, as search_tools gives it"))
            }
            guard SearchTool(rawValue: called) == nil else {
                return .search(.fault("\(called) is called by itself, not with call_tool"))
            }
            guard let direct = direct(request, name, inner, arguments) else {
                return .search(.fault("arguments must be an object: those of the tool that is called"))
            }
            let verdict = tool(direct, lists, members)
            guard case .toMembers(var requests) = verdict else { return verdict }
            for index in requests.indices { requests[index].isWrapped = true }
            return .toMembers(requests)
        }
    }

    /// Returns the call that `call_tool` stands for; nil when its arguments are no object.
    private static func direct(
        _ request: Message, _ name: ByteRange, _ inner: JSONView, _ arguments: JSONView?
    ) -> Message? {
        guard let arguments else { return nil }
        let own = arguments["arguments"]
        guard own == nil || own?.isObject == true || own?.isNull == true else { return nil }
        let passed = own.flatMap { $0.isObject ? $0.bytes : nil } ?? ByteBuffer(string: "{}")
        let edits = [Edit(name, .bytes(inner.bytes)), Edit(arguments.range, .bytes(passed))]
        // Parts of an accepted message take the places of others; if the result is no message, it goes nowhere.
        return try? Message(request.spliced(edits), maximumDepth: Int.max, duplicateKeys: .accepted)
    }
}
