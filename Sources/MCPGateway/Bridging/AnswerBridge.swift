import MCPCore
import MCPUpstream
import NIOCore

/// Responses, from the era of the server to that of the client.
enum AnswerBridge {
    /// Says what a stateless server's response is to a client of an earlier revision.
    enum Verdict {
        case passes([Edit])
        /// The server needs something of the client before it can answer.
        case asks(JSONView)
        case fails(Refusal)
    }

    // MARK: To clients with a session

    static func toLegacy(_ answer: Message, of method: Method) -> Verdict {
        guard let result = answer.envelope.result else { return .passes(legacyError(answer, of: method)) }
        let members = answer.envelope.resultMembers
        switch answer.view(members.resultType?.value).map({ $0.string ?? "" }) {
        case nil, "complete": return .passes(answer.edits(of: result, removing: ownMembers(of: members, method)))
        case "input_required":
            guard mayAsk(method) else {
                return .fails(
                    Refusal(.invalidAnswer, "the server asked for input where the protocol does not allow it"))
            }
            return .asks(JSONView(text: answer.bytes, range: result))
        case let other?:
            return .fails(
                Refusal(
                    .invalidAnswer,
                    "the server answered with a result of type \"\(other.prefix(40))\", which this client "
                        + "cannot take"))
        }
    }

    /// Tells whether a request of this method may be answered by questions
    /// ([supported requests, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#supported-requests)).
    static func mayAsk(_ method: Method) -> Bool {
        method == .toolsCall || method == .promptsGet || method == .resourcesRead
    }

    /// Earlier revisions have a code of their own for a resource that does not exist.
    private static func legacyError(_ answer: Message, of method: Method) -> [Edit] {
        guard method == .resourcesRead, answer.errorCode == .invalidParams,
            let error = answer.view(answer.envelope.error), let code = error["code"], error["data"]?["uri"] != nil
        else { return [] }
        return [Edit(code.range, .integer(Int64(ErrorCode.resourceNotFound.rawValue)))]
    }

    // MARK: To clients without

    /// - Parameter isShared: Whether everybody gets the same who asks for it.
    static func toModern(
        _ answer: Message, of request: Message, from connection: Connection, isShared: Bool
    ) -> [Edit] {
        guard let result = answer.envelope.result else { return modernError(answer, of: request) }
        guard JSONView(text: answer.bytes, range: result).isObject else { return [] }
        let members = answer.envelope.resultMembers
        var inserted = ByteBuffer()
        inserted.writeStaticString(#""resultType":"complete""#)
        if isCacheable(request.method) {
            inserted.writeStaticString(",")
            inserted.writeImmutableBuffer(connection.cacheHints.members(isShared: isShared))
        }
        var edits: [Edit] = []
        if let info = connection.serverInfoMember, members.serverInfo == nil {
            if let meta = members.meta {
                if JSONView(text: answer.bytes, range: meta.value).isObject {
                    edits += answer.edits(of: meta.value, inserting: info)
                }
            } else {
                inserted.writeStaticString(#","_meta":{"#)
                inserted.writeImmutableBuffer(info)
                inserted.writeStaticString("}")
            }
        }
        let removed = ownMembers(of: members, request.method)
        return edits + answer.edits(of: result, removing: removed, inserting: inserted)
    }

    /// Returns the members that only the stateless revisions give a meaning, and only in these results.
    private static func ownMembers(of members: Envelope.ResultMembers, _ method: Method) -> [MemberSpan] {
        let own = isCacheable(method) ? [members.resultType, members.ttl, members.cacheScope] : [members.resultType]
        return own.compactMap { $0 }
    }

    /// The results of these carry hints for caches
    /// ([caching, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching#cacheable-results)).
    private static func isCacheable(_ method: Method) -> Bool {
        switch method {
        case .toolsList, .promptsList, .resourcesList, .resourceTemplatesList, .resourcesRead, .serverDiscover: true
        default: false
        }
    }

    /// The code for a resource that does not exist must not be sent any more; the one instead of it says which.
    private static func modernError(_ answer: Message, of request: Message) -> [Edit] {
        guard answer.errorCode == .resourceNotFound,
            let range = answer.envelope.error, let error = answer.view(range), let code = error["code"]
        else { return [] }
        var edits = [Edit(code.range, .integer(Int64(ErrorCode.invalidParams.rawValue)))]
        guard let uri = request.view(request.envelope.uri), error["data"]?["uri"] == nil else { return edits }
        var member = ByteBuffer(string: #""uri":"#)
        member.writeImmutableBuffer(uri.bytes)
        if let data = error["data"] {
            if data.isObject { edits += answer.edits(of: data.range, inserting: member) }
        } else {
            var data = ByteBuffer(string: #""data":{"#)
            data.writeImmutableBuffer(member)
            data.writeStaticString("}")
            edits += answer.edits(of: range, inserting: data)
        }
        return edits
    }

    // MARK: Between stateless sides

    /// A server may speak revisions that we do not: clients must not be told of those. And it does not know of whom the proxy
    /// asks who they are: what it gives everybody is not for everybody then.
    ///
    /// - Parameter isShared: Whether everybody gets the same who asks for it.
    static func toSame(_ answer: Message, of request: Message, isShared: Bool) -> [Edit] {
        var edits: [Edit] = []
        if !isShared, isCacheable(request.method), let scope = answer.envelope.resultMembers.cacheScope?.value {
            edits.append(Edit(scope, .bytes(ByteBuffer(string: #""private""#))))
        }
        guard request.method == .serverDiscover,
            let versions = answer.view(answer.envelope.result)?["supportedVersions"]
        else { return edits }
        return edits + [Edit(versions.range, .bytes(DiscoverResult.versions))]
    }
}
