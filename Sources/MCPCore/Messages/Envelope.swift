/// What the proxy has to know of a message: its kind, and where the routed members stand in its bytes.
package struct Envelope: Sendable, Equatable {
    /// What a message is, by the members that it has.
    package enum Kind: Sendable, Equatable {
        case request
        case notification
        case result
        case error
    }

    package internal(set) var kind = Kind.notification
    package internal(set) var method = Method.other
    /// The method's characters, without quotes.
    package internal(set) var methodName: ByteRange?
    package internal(set) var id: ByteRange?
    package internal(set) var params: ByteRange?
    package internal(set) var result: ByteRange?
    package internal(set) var error: ByteRange?
    /// `params.name`: which tool or prompt.
    package internal(set) var name: ByteRange?
    /// `params.uri`: which resource.
    package internal(set) var uri: ByteRange?
    /// `params.level` of logging requests and notifications.
    package internal(set) var level: ByteRange?
    /// `params._meta`.
    package internal(set) var meta: ByteRange?
    /// `params._meta.progressToken` of a request, `params.progressToken` of a notification.
    package internal(set) var progressToken: ByteRange?
    /// `params.requestId` of a cancellation.
    package internal(set) var requestID: ByteRange?
    /// What the stateless revisions put into `params._meta`.
    package internal(set) var metadata = Metadata()
    /// What the stateless revisions put into a result.
    package internal(set) var resultMembers = ResultMembers()
    /// `params.inputResponses` and `params.requestState` of a request that is asked again.
    package internal(set) var inputResponses: MemberSpan?
    package internal(set) var requestState: MemberSpan?
    /// `params.taskId` of the tasks extension.
    package internal(set) var taskID: ByteRange?
    /// Whether a task may be named, by a request, a notification or a result: only then it is looked for.
    package internal(set) var mayNameTask = false
    /// Whether a result has the member by which a tool says that it could not do what it was to do (`isError`).
    package internal(set) var saysThatToolFailed = false
    /// Whether a line break stands between tokens, which line and event framing cannot carry.
    package internal(set) var hasLineBreak = false

    /// The members of `params._meta` that the specification knows since revision 2026-07-28.
    package struct Metadata: Sendable, Equatable {
        package internal(set) var protocolVersion: MemberSpan?
        package internal(set) var clientInfo: MemberSpan?
        package internal(set) var clientCapabilities: MemberSpan?
        package internal(set) var logLevel: MemberSpan?
        package internal(set) var subscriptionID: MemberSpan?
        /// Of which trace a request is a part. Without the prefix, in any revision.
        package internal(set) var traceParent: MemberSpan?
        package internal(set) var traceState: MemberSpan?

        /// The members that describe a caller: what belongs to one hop and not to the request.
        package var ofCaller: [MemberSpan] {
            [protocolVersion, clientInfo, clientCapabilities, logLevel].compactMap { $0 }
        }
    }

    /// The members of a result that say how it is to be taken, since revision 2026-07-28.
    package struct ResultMembers: Sendable, Equatable {
        package internal(set) var resultType: MemberSpan?
        package internal(set) var ttl: MemberSpan?
        package internal(set) var cacheScope: MemberSpan?
        package internal(set) var meta: MemberSpan?
        package internal(set) var serverInfo: MemberSpan?
    }
}

/// Where one member of an object stands in a message.
package struct MemberSpan: Sendable, Equatable {
    private let nameStart: UInt32
    private let valueStart: UInt32
    private let end: UInt32

    init(nameStart: Int, value: ByteRange) {
        self.nameStart = UInt32(truncatingIfNeeded: nameStart)
        self.valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
        self.end = UInt32(truncatingIfNeeded: value.upperBound)
    }

    package var value: ByteRange { Int(valueStart)..<Int(end) }
    /// From the opening quote of the name to the end of the value.
    package var whole: ByteRange { Int(nameStart)..<Int(end) }
}
