import MCPCore
import MCPValues
import ToolPins

extension PinnedName {
    /// What of that which is pinned a request is about; nil where it is about none of it.
    init?(_ request: Message) {
        guard let kind = PinKind(neededFor: request.method) else { return nil }
        let view =
            request.method == .completionComplete
            ? request.params?["ref"]?["name"] : request.view(request.envelope.name)
        guard let name = view?.string else { return nil }
        self.init(kind, ByteText(name))
    }
}

extension PinKind {
    /// What a request of a method may be about; nil where it is about nothing that is pinned.
    init?(neededFor method: Method) {
        switch method {
        case .toolsCall: self = .tool
        case .promptsGet, .completionComplete: self = .prompt
        default: return nil
        }
    }
}
