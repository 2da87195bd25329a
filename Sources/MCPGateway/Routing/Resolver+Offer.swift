import MCPCore
import MCPValues
import NIOCore

// MARK: - Several servers

extension Resolver {
    /// Says what becomes of a request where several servers are offered together.
    enum OfferVerdict {
        /// It is for a server, or for each of these in turn until one knows what is asked for.
        case toMembers([MemberRequest])
        /// It asks for a list of all.
        case list(CatalogKind, cursor: String?)
        /// It asks what all this is.
        case introduction
        /// It looks for tools.
        case search(SearchRequest)
        /// It asks to be told of changes.
        case subscription
        /// It is about a task, which tells by itself whose it is.
        case task
        case logLevel(LogLevel)
        /// There is nothing to do for it.
        case done
        case refused(Refusal)
    }

    /// - Parameters:
    ///   - era: That of the client.
    ///   - lists: What the client is offered.
    ///   - members: Whose lists these are.
    static func resolve(_ request: Message, from era: Era, in lists: SeenLists, of members: [Member]) -> OfferVerdict {
        if let kind = CatalogKind(of: request.method) { return list(kind, request) }
        switch (request.method, era) {
        case (.toolsCall, _): return tool(request, lists, members)
        case (.promptsGet, _): return prompt(request, lists, members)
        case (.resourcesRead, _), (.resourcesSubscribe, .legacy), (.resourcesUnsubscribe, .legacy):
            return resource(request, lists, members)
        case (.completionComplete, _): return completion(request, lists, members)
        case (.loggingSetLevel, .legacy): return logLevel(request)
        case (.ping, .legacy): return .done
        case (.serverDiscover, .modern): return .introduction
        case (.subscriptionsListen, .modern): return .subscription
        default: break
        }
        if case .refused(let refusal) = resolve(request, from: era, filter: nil) { return .refused(refusal) }
        if request.method == .tasksList || !request.isAboutTasks {
            let words =
                "Method not found: \(request.methodName) is not there where several servers are offered together"
            return .refused(Refusal(.methodNotFound, words))
        }
        return .task
    }

    private static func list(_ kind: CatalogKind, _ request: Message) -> OfferVerdict {
        guard let cursor = request.params?["cursor"] else { return .list(kind, cursor: nil) }
        guard let text = cursor.string else {
            return .refused(Refusal(.invalidParams, "params.cursor must be a string"))
        }
        return .list(kind, cursor: text)
    }

    private static func logLevel(_ request: Message) -> OfferVerdict {
        if let level = LogLevel(request.view(request.envelope.level)) { return .logLevel(level) }
        return .refused(Refusal(.invalidParams, "params.level must be one of \(LogLevel.names)"))
    }

    // MARK: What is named

    static func tool(_ request: Message, _ lists: SeenLists, _ members: [Member]) -> OfferVerdict {
        guard let range = request.envelope.name, let name = request.view(range)?.string else {
            return .refused(Refusal(.invalidParams, "params.name must name a tool"))
        }
        if lists.hasSearch, let own = SearchTool(rawValue: name) { return search(own, request, range, lists, members) }
        guard let target = lists.tool(named: name) else {
            return .refused(lists.whyWithheld(tool: name) ?? .hidden(name))
        }
        if let refusal = lists.whyNotNow(target) { return .refused(refusal) }
        let member = members[target.member]
        guard let override = target.override, !override.presets.isEmpty else {
            return renamed(request, range, target.name, for: member)
        }
        switch presets(override, in: request) {
        case .success(let more):
            return renamed(request, [Edit(range, .bytes(target.name))] + more, for: member, hasPresets: true)
        case .failure(let refusal): return .refused(refusal)
        }
    }

    /// Puts in the arguments that the group sets.
    private static func presets(_ override: ToolOverride, in request: Message) -> Result<[Edit], Refusal> {
        var members = ByteBuffer()
        let arguments = request.params?["arguments"]
        for preset in override.presets {
            // There are servers that take names for the same that differ in case alone.
            guard !has(arguments, preset.name) else {
                let words = "params.arguments.\(preset.name) is set by the proxy for this tool; leave it out"
                return .failure(Refusal(.invalidParams, words))
            }
            if members.readableBytes > 0 { members.writeStaticString(",") }
            members.writeJSONString(preset.name)
            members.writeStaticString(":")
            members.writeBytes(preset.json)
        }
        guard let arguments else {
            guard let params = request.envelope.params else { return .success([]) }
            var member = ByteBuffer(string: #""arguments":{"#)
            member.writeImmutableBuffer(members)
            member.writeStaticString("}")
            return .success(request.edits(of: params, inserting: member))
        }
        guard arguments.isObject else {
            return .failure(Refusal(.invalidParams, "params.arguments must be an object"))
        }
        return .success(request.edits(of: arguments.range, inserting: members))
    }

    private static func has(_ arguments: JSONView?, _ name: String) -> Bool {
        var isThere = false
        let name = FoldedName(name)
        arguments?.forEachMember { member, _ in
            if FoldedName(member) == name { isThere = true }
        }
        return isThere
    }

    private static func prompt(_ request: Message, _ lists: SeenLists, _ members: [Member]) -> OfferVerdict {
        guard let range = request.envelope.name, let name = request.view(range)?.string else {
            return .refused(Refusal(.invalidParams, "params.name must name a prompt"))
        }
        guard let target = lists.prompt(named: name) else {
            return .refused(lists.whyWithheld(prompt: name) ?? Refusal(.invalidParams, "Unknown prompt: \(name)"))
        }
        return renamed(request, range, target.name, for: members[target.member])
    }

    private static func resource(_ request: Message, _ lists: SeenLists, _ members: [Member]) -> OfferVerdict {
        guard let range = request.envelope.uri, let address = request.view(range)?.string else {
            return .refused(Refusal(.invalidParams, "params.uri must name a resource"))
        }
        let requests = lists.resources(at: address).map { origin in
            origin.address.text.hasBytes(of: address)
                ? MemberRequest(member: members[origin.member], message: request)
                : MemberRequest(
                    member: members[origin.member],
                    message: request.replacing(range, by: ByteBuffer(jsonString: origin.address.text)))
        }
        guard !requests.isEmpty else {
            let words = "Resource not found: \(PrintableText.make(address, maximumBytes: 256))"
            return .refused(Refusal(.invalidParams, words))
        }
        // What is not read is not looked for: a subscription goes to who is most likely to have it.
        return .toMembers(request.method == .resourcesRead ? requests : [requests[0]])
    }

    private static func completion(_ request: Message, _ lists: SeenLists, _ members: [Member]) -> OfferVerdict {
        let reference = request.params?["ref"]
        if let name = reference?["name"], let text = name.string {
            guard let target = lists.prompt(named: text) else {
                return .refused(
                    lists.whyWithheld(prompt: text) ?? Refusal(.invalidParams, "Unknown prompt: \(text)"))
            }
            return renamed(request, [Edit(name.range, .bytes(target.name))], for: members[target.member])
        }
        guard let uri = reference?["uri"], let text = uri.string else {
            return .refused(Refusal(.invalidParams, "params.ref must name a prompt or the template of a resource"))
        }
        guard let origin = lists.template(text) ?? lists.resources(at: text).first else {
            return .refused(Refusal(.invalidParams, "Unknown resource template: \(text)"))
        }
        let edit = Edit(uri.range, .bytes(ByteBuffer(jsonString: origin.address.text)))
        return renamed(request, [edit], for: members[origin.member])
    }

    // MARK: In a server's own names

    private static func renamed(
        _ request: Message, _ range: ByteRange, _ name: ByteBuffer, for member: Member
    ) -> OfferVerdict {
        .toMembers([MemberRequest(member: member, message: request.replacing(range, by: name))])
    }

    private static func renamed(
        _ request: Message, _ edits: [Edit], for member: Member, hasPresets: Bool = false
    ) -> OfferVerdict {
        guard var request = respelt(request, edits, for: member) else {
            return .refused(Refusal(.invalidParams, "the request cannot be put into the server's own names"))
        }
        request.hasPresets = hasPresets
        return .toMembers([request])
    }

    private static func respelt(_ request: Message, _ edits: [Edit], for member: Member) -> MemberRequest? {
        // One string takes the place of another in what was accepted, and members are added that are not there; if the
        // result is no message, it goes nowhere.
        let message = try? Message(request.spliced(edits), maximumDepth: Int.max, duplicateKeys: .accepted)
        return message.map { MemberRequest(member: member, message: $0) }
    }
}
