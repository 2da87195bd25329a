import MCPCore
import NIOCore

/// Says which questions of a server a client has declared to answer.
struct DeclaredCapabilities: OptionSet, Sendable {
    let rawValue: Int

    static let roots = DeclaredCapabilities(rawValue: 1)
    static let sampling = DeclaredCapabilities(rawValue: 2)
    static let elicitation = DeclaredCapabilities(rawValue: 4)
    /// Elicitation by sending the user to a URL.
    static let urlElicitation = DeclaredCapabilities(rawValue: 8)

    init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// - Parameter capabilities: The object in which the client declares them.
    init(_ capabilities: JSONView?) {
        self = []
        let known: [(String, DeclaredCapabilities)] = [
            ("roots", .roots), ("sampling", .sampling), ("elicitation", .elicitation),
        ]
        for (name, capability) in known where capabilities?[name] != nil { insert(capability) }
        if capabilities?["elicitation"]?["url"] != nil { insert(.urlElicitation) }
    }

    /// Tells whether a request of this method may be put to the client. One that we do not know may.
    func permit(_ method: Method) -> Bool {
        switch method {
        case .rootsList: contains(.roots)
        case .samplingCreateMessage: contains(.sampling)
        case .elicitationCreate: contains(.elicitation)
        default: true
        }
    }
}
