import MCPCore
import MCPValues

/// Decides what becomes of a request before any server is asked: from the request, the eras, and what its offer shows.
///
/// Pure: it asks nobody, tells nobody and writes no log.
enum Resolver {
    /// Says what becomes of a request that a client has sent.
    enum Verdict {
        /// It is for the server.
        case toLeg
        /// Nobody answers it.
        case refused(Refusal)
        /// It calls a tool that is not shown: to clients there is none of this name.
        case hidden(tool: String)
    }

    /// Says what becomes of a request of a client with a session, once it is known that its server is stateless.
    enum ModernVerdict {
        /// The server can answer it.
        case toServer
        /// There is nothing to do for it.
        case done
        /// The session keeps from which level on its client wants log messages.
        case logLevel(LogLevel)
        /// The session wants to hear of changes of a resource, or not any more.
        case changes(of: ByteText, isWanted: Bool)
        case refused(Refusal)
    }

    /// - Parameters:
    ///   - era: That of the client.
    ///   - filter: Which tools the offer shows; is looked at only for calls of tools.
    static func resolve(_ request: Message, from era: Era, filter: @autoclosure () -> ToolFilter?) -> Verdict {
        switch request.method {
        case .initialize where era == .legacy:
            .refused(
                Refusal(
                    .invalidRequest,
                    "this session is initialized already; start a new one without a session id"
                ))
        case .toolsCall: tool(request, filter())
        case .initialize, .ping, .loggingSetLevel, .resourcesSubscribe, .resourcesUnsubscribe, .rootsList,
            .samplingCreateMessage, .elicitationCreate:
            if era == .modern {
                // As far as we know methods, these do not exist in the stateless revisions.
                .refused(absent(request, "Method not found: ", in: .latestModern))
            } else {
                .toLeg
            }
        default: .toLeg
        }
    }

    private static func tool(_ request: Message, _ filter: ToolFilter?) -> Verdict {
        guard let filter else { return .toLeg }
        guard let tool = request.view(request.envelope.name)?.string else {
            return .refused(Refusal(.invalidParams, "params.name must name a tool"))
        }
        return filter.admits(tool) ? .toLeg : .hidden(tool: tool)
    }

    /// Returns what becomes of a request of a client with a session at a stateless server.
    ///
    /// - Parameter version: The revision that the client speaks.
    static func resolveAtStatelessServer(_ request: Message, of version: ProtocolVersion) -> ModernVerdict {
        switch request.method {
        case .ping: .done
        case .loggingSetLevel:
            if let level = LogLevel(request.view(request.envelope.level)) {
                .logLevel(level)
            } else {
                .refused(Refusal(.invalidParams, "params.level must be one of \(LogLevel.names)"))
            }
        case .resourcesSubscribe: changes(request, isWanted: true)
        case .resourcesUnsubscribe: changes(request, isWanted: false)
        case .serverDiscover, .subscriptionsListen: .refused(absent(request, in: version))
        // Tasks exist in both eras and cannot be translated.
        case _ where request.isAboutTasks: .refused(absent(request, in: version))
        default: .toServer
        }
    }

    private static func changes(_ request: Message, isWanted: Bool) -> ModernVerdict {
        guard let uri = request.view(request.envelope.uri)?.string else {
            return .refused(Refusal(.invalidParams, "params.uri must name a resource"))
        }
        return .changes(of: ByteText(uri), isWanted: isWanted)
    }

    private static func absent(_ request: Message, _ lead: String = "", in version: ProtocolVersion) -> Refusal {
        Refusal(
            .methodNotFound, "\(lead)\(request.methodName) does not exist in revision \(version.name)")
    }
}
